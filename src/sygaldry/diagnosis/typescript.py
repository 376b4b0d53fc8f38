"""TypeScript and the compilers that check types as it does."""

from typing import Final

from sygaldry.diagnosis import Family, Rule

FAMILY: Final = Family(
    "TypeScript",
    (
        Rule(
            "error ts",
            r"^(?P<where>\S{1,300}\(\d+,\d+\)): error TS(?P<code>\d+): (?P<what>.{1,400})",
            85,
            "{where} does not type-check",
        ),
        Rule(
            "error ts",
            r"(?<!\S)(?P<where>\S{1,300}:\d+:\d+) - error TS(?P<code>\d+): (?P<what>.{1,400})",
            85,
            "{where} does not type-check",
        ),
        Rule("error ts", r"error TS(?P<code>\d+): (?P<what>.{1,400})", 84, "TypeScript: {what}"),
        Rule("ts", r"(?:^|\s)TS(?P<code>\d{4,5}): (?P<what>.{1,400})", 82, "TypeScript: {what}", before=1),
        Rule("type error:", r"^Type error: (?P<what>.{1,400})", 85, "a type does not fit: {what}", before=1, after=2),
        Rule("svelte-check found", r"svelte-check found \d+ errors?", 30),
        Rule(" errors in ", r"Found \d+ errors? in ", 26),
    ),
)
