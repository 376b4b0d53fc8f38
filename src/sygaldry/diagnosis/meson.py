"""Meson."""

from typing import Final

from sygaldry.diagnosis import Family, Rule

FAMILY: Final = Family(
    "Meson",
    (
        Rule(
            "error: ",
            r"(?<!\S)(?P<where>\S{0,200}meson\.build:\d+:\d+): ERROR: (?P<what>.{1,300})",
            88,
            "Meson stops at {where}: {what}",
            "install what it names; meson-logs/meson-log.txt shows the test",
            before=2,
        ),
        Rule(
            "error: ",
            r"(?<!\S)(?P<where>\S{0,200}meson\.(?:options|txt|build)(?::\d+)?).{0,20}ERROR: (?P<what>.{1,300})",
            84,
            "Meson stops: {what}",
        ),
        Rule(
            "found: no",
            r"(?:Program|Dependency|Run-time dependency|Library|Compiler for language|Header) (?P<what>.{1,100}?) found: NO",
            46,
            "Meson does not find {what}",
            "install {what}",
        ),
        Rule(
            "unknown compiler",
            r"ERROR: Unknown compiler\(s\): (?P<what>.{1,200})",
            90,
            "Meson finds no compiler",
            "install one or set CC",
        ),
        Rule("meson encountered an error", r"meson encountered an error|A full log can be found at", 30),
    ),
)
