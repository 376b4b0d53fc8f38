"""make and ninja: their own messages, most of which follow from a line above."""

from typing import Final

from sygaldry.diagnosis import Explanation, Family, Hit, Kind, Rule, Window
from sygaldry.model.lazy_pattern import lazy_pattern

_ENDED: Final = lazy_pattern(r"^(?:\S{0,80}/)?g?make: \*\*\* \[[^\]]{1,300}\] Error \d")  # the outermost make
_AFTER_A_FAILURE: Final = 60


def _explains(hit: Hit, window: Window) -> Explanation | None:
    """Gather the other files without a rule: together they say what was not generated."""
    if "No rule to make target" not in hit.line.text:
        return Explanation((hit.line,))
    if any(_ENDED.match(line.text) for line in window.lines[: window.index]):
        # An earlier make failed and its script, or a person, went on: what it did not make is missing.
        return Explanation((hit.line,), weight=_AFTER_A_FAILURE)
    others = [line for line in window.lines[window.index + 1 :] if "No rule to make target" in line.text]
    return Explanation((hit.line, *others[:2]))


FAMILY: Final = Family(
    "make and ninja",
    (
        Rule(
            "no rule to make target",
            r"No rule to make target [`'‘\"](?P<what>[^'’\"]{1,300})['’\"](?:, needed by [`'‘\"](?P<where>[^'’\"]{1,200}))?",
            86,
            "make has no rule for {what}: the file is missing or misspelt",
            "add the file, or the rule that makes it",
        ),
        Rule(
            "missing and no known rule to make it",
            r"ninja: error: '(?P<what>[^']{1,300})', needed by '(?P<where>[^']{1,300})', missing",
            88,
            "ninja has no rule for {what}: the file is missing",
        ),
        Rule(
            "command not found",
            r"^(?:\S{0,80}/)?g?make(?:\[\d+\])?: (?P<what>\S{1,200}): Command not found",
            86,
            "make cannot run {what}: it is not installed",
            "install {what}, or put its folder on PATH",
        ),
        Rule(
            "missing separator",
            r"(?<!\S)(?P<where>\S+:\d+): \*\*\* missing separator",
            90,
            "{where} is not a valid make line",
            "a recipe line starts with a tab",
        ),
        Rule(
            "no targets specified",
            r"\*\*\* No targets specified and no makefile found",
            90,
            "no makefile found",
            "configure first, or go to the right folder",
        ),
        Rule(
            "*** ",
            r"(?<!\S)(?P<where>\S+:\d+): \*\*\* (?P<what>(?!\[).{3,200})\.\s+Stop",
            84,
            "make stops at {where}: {what}",
        ),
        Rule(
            "unknown target",
            r"ninja: error: unknown target '(?P<what>[^']{1,100})'",
            88,
            "ninja has no target {what}",
        ),
        Rule("subcommand failed", r"ninja: error: rebuilding '.{1,200}': subcommand failed", 30),
        Rule("ninja failed with exit code", r"^ninja failed with exit code [1-9]", 30),  # idf.py of ESP-IDF
        Rule("ninja: error", r"ninja: (?:error|fatal): (?P<what>.{1,300})", 80, "ninja: {what}"),
        Rule(
            "segmentation fault",
            r"make(?:\[\d+\])?: \*\*\* \[(?P<where>.{1,200})\] Segmentation fault",
            72,
            "a program run for {where} crashed (SIGSEGV)",
        ),
        Rule(
            "killed",
            r"make(?:\[\d+\])?: \*\*\* \[(?P<where>.{1,200})\] Killed",
            80,
            "what made {where} was killed, most likely out of memory",
            "fewer jobs (-j1) or more memory",
            Kind.RESOURCES,
        ),
        Rule(
            "error 127",
            r"make(?:\[\d+\])?: \*\*\* \[(?P<where>.{1,200})\] Error 127",
            48,
            "a program needed for {where} is not installed",
        ),
        Rule(
            "error 137",
            r"make(?:\[\d+\])?: \*\*\* \[(?P<where>.{1,200})\] Error 137",
            66,
            "what made {where} was killed, most likely out of memory",
            "fewer jobs or more memory",
            Kind.RESOURCES,
        ),
        Rule(
            "error 139",
            r"make(?:\[\d+\])?: \*\*\* \[(?P<where>.{1,200})\] Error 139",
            66,
            "a program run for {where} crashed (SIGSEGV)",
        ),
        Rule(
            "terminated",
            r"make(?:\[\d+\])?: \*\*\* \[(?P<where>.{1,200})\] (?:Terminated|Interrupt|Hangup)",
            38,
            "{where} was ended from outside",
        ),
        Rule(
            "*** [",
            r"make(?:\[\d+\])?: \*\*\* \[(?P<where>.{1,300})\] (?:Error \d+|Aborted|Abort trap|Bus error|Quit)",
            32,
        ),
        Rule("no child processes", r"\*\*\* wait: No child processes", 10),
        Rule("unfinished jobs", r"make(?:\[\d+\])?: \*\*\* Waiting for unfinished jobs", 10),
        Rule("not remade because of errors", r"make(?:\[\d+\])?: Target .{1,200} not remade because of errors", 12),
        Rule("subcommand failed", r"ninja: build stopped: (?:subcommands? failed|cannot make progress)", 14),
        Rule("failed: ", r"^FAILED: (?:\[code=\d+\] )?(?P<where>\S{1,300})", 36),
        Rule("error 1 (ignored)", r"\(ignored\)\s*$", 5),
    ),
    _explains,
)
