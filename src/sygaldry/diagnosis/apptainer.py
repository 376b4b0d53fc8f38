"""Apptainer and Singularity: what the builder and the launcher report themselves."""

from typing import Final

from sygaldry.diagnosis import Family, Rule

_STATUS: Final = r"(?:exit status|exit code) \d"

FAMILY: Final = Family(
    "Apptainer",
    (
        # What a section printed before it ended is the cause.
        Rule(
            "while performing build: ",
            rf"^FATAL: {{2,4}}While performing build: (?:(?:while running|failed to run) .{{1,80}}: )?{_STATUS}",
            34,
        ),
        Rule("post proc: ", rf"^FATAL: {{2,4}}(?:failed to execute %\w{{3,12}} proc|post proc): {_STATUS}", 34),
        Rule(
            "while performing build: ",
            rf"^FATAL: {{2,4}}While performing build: (?P<what>.{{3,400}}: {_STATUS}:?)\s*$",
            70,
            "the image cannot be built: {what}",
            after=2,
        ),
        Rule(
            "while performing build: ",
            r"^FATAL: {2,4}While performing build: (?P<what>.{3,600})",
            84,
            "the image cannot be built: {what}",
        ),
        # The two halves of the launcher talk through a local socket: the one that broke it says why.
        Rule("container creation failed: ", r"^FATAL: {2,4}container creation failed: .{0,400}\bread unix @", 38),
        Rule(
            "container creation failed: ",
            r"^FATAL: {2,4}container creation failed: (?P<what>(?!.{0,400}\bread unix @).{3,600})",
            86,
            "the container cannot start: {what}",
        ),
        Rule(
            "executable file not found in $path",
            r"^FATAL: {2,4}(?P<what>\S{1,200}): executable file not found in \$PATH",
            88,
            "the container has no program {what}",
            "check the name, and PATH inside the container",
        ),
        Rule(
            "unable to handle ",
            r"^FATAL: {2,4}Unable to handle (?P<where>\S{1,200}) uri: (?P<what>.{3,400})",
            86,
            "the image {where} cannot be used: {what}",
        ),
        Rule("error: ", r"^ERROR: {3}(?P<what>\S.{2,600})", 76, ""),
        Rule("fatal: ", r"^FATAL: {2,4}(?P<what>\S.{2,600})", 78, ""),
    ),
    evidence=r"^(?:INFO|FATAL|WARNING|ERROR): {2,4}\S",
)
