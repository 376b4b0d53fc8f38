"""Linters and formatters: they fail a job without the word error."""

from typing import Final

from sygaldry.diagnosis import Explanation, Family, Hit, Line, Rule, Window
from sygaldry.model.lazy_pattern import lazy_pattern

_ROW: Final = lazy_pattern(r"^(?:\s+\d+:\d+\s+(?:error|✖|✘)\s|\d+:\d+\s+Error: )")
_FILE: Final = lazy_pattern(r"^/?[\w@.-][^\s:]{0,200}\.\w{1,6}$")


def _explains(hit: Hit, window: Window) -> Explanation | None:
    """ESLint names the file above its rows."""
    if not _ROW.match(hit.line.text):
        return Explanation((hit.line,))
    above = next(
        (
            line
            for line in reversed(window.lines[max(window.index - 60, 0) : window.index])
            if _FILE.match(line.text.strip())
        ),
        None,
    )
    rows: list[Line] = [line for line in window.lines[window.index : window.index + 8] if _ROW.match(line.text)]
    return Explanation((*((above,) if above else ()), *rows[:3]), where=above.text.strip() if above else "")


FAMILY: Final = Family(
    "linters",
    (
        Rule("error ", r"^\s+(?P<at>\d+:\d+)\s+(?:error|✖|✘)\s+(?P<what>.{3,300})", 80, "a linter finds: {what}"),
        Rule("error: ", r"^(?P<at>\d+:\d+)\s+Error: (?P<what>.{3,300})", 80, "a linter finds: {what}"),  # next lint
        Rule(
            ": ",
            r"^(?P<where>[\w./@+-]{1,200}\.\w{1,6}:\d+(?::\d+)?): (?P<code>[A-Z]{1,4}\d{2,5}(?: \[\*\])?) (?P<what>.{3,250})",
            78,
            "style at {where}: {what}",
        ),
        Rule(
            ": ",
            r"^(?P<where>[\w./@+-]{1,200}\.\w{1,6}:\d+:\d+): (?P<code>[CWEFR]): (?P<what>.{3,250})",
            76,
            "style at {where}: {what}",
        ),
        Rule(
            "error: ",
            r"^(?P<where>[\w./@+-]{1,200}\.pyi?:\d+(?::\d+)?): error: (?P<what>.{3,300})",
            85,
            "{where} does not type-check",
        ),
        # Ruff's own formats: the place below the message, or left out.
        Rule(
            "[*] ", r"^(?P<code>[A-Z]{1,4}\d{3,4}) \[\*\] (?P<what>.{3,250})", 76, "Ruff finds {code}: {what}", after=1
        ),
        Rule(
            "would reformat",
            r"^would reformat (?P<where>\S{1,200})",
            78,
            "{where} is not formatted",
            "run the formatter and commit",
        ),
        Rule(
            "would be reformatted",
            r"^(?P<what>\d+ files? would be reformatted.{0,60})",
            60,
            "{what}",
            "run the formatter and commit",
        ),
        Rule(
            "code style issues",
            r"(?P<what>Code style issues (?:found|were found) in .{1,100})",
            66,
            "{what}",
            "run prettier --write and commit",
            before=3,
        ),
        Rule("[warn] ", r"^\[warn\] (?P<where>[\w./@+-]{1,200}\.\w{1,6})$", 74, "{where} is not formatted"),
        Rule(
            "incorrectly sorted",
            r"ERROR: (?P<where>\S{1,200}) Imports are incorrectly sorted",
            80,
            "{where}: imports are not sorted",
            "run isort and commit",
        ),
        Rule(
            "line ",
            r"^(?P<where>\S{1,200}): line (?P<at>\d+), col \d+, (?P<what>.{3,200})",
            78,
            "a linter finds {what}",
        ),
        Rule("- hook id:", r"^- hook id: (?P<what>\S+)", 70, "the hook {what} fails", before=1, after=5),
        Rule(
            "files were modified by this hook",
            r"files were modified by this hook",
            60,
            "a hook changed files that did not meet its rules",
            "run pre-commit and commit",
            before=4,
        ),
        Rule(
            "needs formatting",
            r"(?<!\S)(?P<where>\S{1,200}): (?:needs formatting|not formatted).{0,60}",
            74,
            "{where} is not formatted",
        ),
        Rule(
            "[-wclang-format-violations]",
            r"(?<!\S)(?P<where>\S{1,200}:\d+:\d+): (?:error|warning): code should be clang-formatted",
            84,
            "{where} is not formatted",
        ),
        Rule(" problems (", r"^✖ \d+ problems? \(.{1,60}\)", 36),
        Rule("found ", r"^Found \d+ errors?(?: in \d+ files?.{0,60})?\.?$", 28),
        Rule("^--", r"^\s*\^-- (?P<code>SC\d{4}).{0,200}", 72, "ShellCheck: {code}", before=2),
        Rule("your code has been rated", r"Your code has been rated at", 30),
    ),
    _explains,
)
