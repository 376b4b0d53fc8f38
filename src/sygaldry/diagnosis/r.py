"""R: packages, R CMD check, testthat."""

from typing import Final

from sygaldry.diagnosis import Family, Rule

FAMILY: Final = Family(
    "R",
    (
        Rule(
            "there is no package called",
            r"there is no package called [‘'`](?P<what>[^’']{1,80})",
            88,
            "the R package {what} is not installed",
            'install.packages("{what}")',
        ),
        Rule(
            "dependenc",
            r"ERROR: dependenc(?:y|ies) (?P<what>.{1,200}) (?:is|are) not available for package (?P<where>.{1,60})",
            87,
            "{where} needs {what}, which is not installed",
        ),
        Rule(
            "... error",
            r"^\* (?P<what>.{3,160}) \.\.\. (?:\[.{1,30}\] )?ERROR",
            80,
            "R CMD check: {what} fails",
            after=6,
        ),
        Rule("error in ", r"^(?:> )?Error in (?P<where>.{1,160}?) : ?(?P<what>.{0,250})", 83, "", after=2),
        Rule(
            "failure",
            r"^\s*(?:──|--|[-─]{2,}) (?:\d+\. )?(?P<kind>Failure|Error):? ?(?P<what>.{1,200})",
            83,
            "a test fails",
            after=4,
        ),
        Rule(
            "installation of package",
            r"installation of (?:one or more )?packages? (?P<what>.{1,80}) (?:had non-zero exit status|failed)",
            42,
            "{what} cannot be installed",
        ),
        Rule("execution halted", r"Execution halted", 22),
        Rule(
            "error: lazy loading failed",
            r"ERROR: (?:lazy loading|compilation|configuration|loading) failed for package (?P<what>.{1,60})",
            42,
            "{what} cannot be installed",
        ),
        Rule("status: ", r"^Status: \d+ ERROR", 28),
        Rule(
            "namespace",
            r"(?P<what>namespace [‘'].{1,60}[’'] .{1,60}is (?:already loaded|being loaded), but .{1,60} is required)",
            87,
            "{what}",
        ),
    ),
)
