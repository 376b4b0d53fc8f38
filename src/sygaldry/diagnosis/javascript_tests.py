"""Jest, Vitest, Mocha, AVA, Jasmine, Karma, Playwright, Cypress, node:test, TAP."""

import re
from collections.abc import Sequence
from typing import Final

from sygaldry.diagnosis import Explanation, Family, Hit, Line, Rule, Window
from sygaldry.model.lazy_pattern import lazy_pattern

_TELLS: Final = lazy_pattern(
    r"^\s*(?:\w*Error\b|Error:|expect\(|[Ee]xpected\b|[Rr]eceived\b|[Aa]ctual\b|but got|Timeout|Uncaught|thrown:|[-+] ?\S|"
    r"Cannot |Unable |TypeError|operator:|message:|error:|code:|Snapshot|AssertionError|\w+ is not |>\s*\d+ \|)"
)
_TITLE: Final = lazy_pattern(r"^\s*(?:FAIL  ?\S|\d+\) \S|not ok |● |[✖✗✘×] |# Subtest: )")
_FRAME: Final = lazy_pattern(r"^\s*(?:at |❯ )\S{0,200}[(]?(?P<where>[^\s()]{1,200}:\d+:\d+)")


def _explains(hit: Hit, window: Window) -> Explanation | None:
    """A failed test is its title, then what was expected and what came, then where."""
    below = window.lines[window.index + 1 : window.index + 45]
    details: list[Line] = []
    for line in below:
        text = line.text
        if _TITLE.match(text) and details:
            break
        if _TELLS.match(text):
            details.append(line)
        if len(details) == 4:
            break
    title = _title(hit.line, window)
    return Explanation(
        (*title, hit.line, *details), where=_place(below), weight=0 if details or title else hit.rule.weight - 22
    )


def _title(line: Line, window: Window) -> tuple[Line, ...]:
    """An assertion stands below the title of its test; Mocha's title goes over two lines."""
    if _TITLE.match(line.text):
        follow = window.lines[window.index + 1 : window.index + 2]
        return tuple(each for each in follow if re.match(r"^\s{3,}\S.{0,160}:$", each.text))
    above = window.lines[max(window.index - 6, 0) : window.index]
    at = next((i for i in range(len(above) - 1, -1, -1) if _TITLE.match(above[i].text)), None)
    return () if at is None else tuple(each for each in above[at : at + 2] if each.text.strip())


def _place(lines: Sequence[Line]) -> str:
    for line in lines:
        found = _FRAME.match(line.text)
        if found and "node_modules" not in line.text and "node:" not in line.text:
            return found["where"]
    return ""


FAMILY: Final = Family(
    "JavaScript tests",
    (
        Rule(
            "● ",
            r"^\s{0,8}● (?P<what>(?!Console|Deprecat|Validation).{2,200}(?: › .{1,200})?)$",
            82,
            "the test “{what}” fails",
        ),
        Rule("test suite failed to run", r"● Test suite failed to run", 83, "a test file cannot be loaded"),
        Rule(") ", r"^\s{1,6}\d{1,4}\) (?P<what>[^\s\d#].{1,200}?):?$", 76, "the test “{what}” fails"),
        Rule("fail  ", r"^\s{0,4}(?:❯ )?FAIL  (?P<what>\S.{1,300})", 76, "the test {what} fails"),
        Rule(
            "assertionerror",
            r"^(?:\s{1,12}AssertionError(?: \[ERR_ASSERTION\])?|AssertionError \[ERR_ASSERTION\]): (?P<what>.{1,300})",
            82,
            "",
        ),
        Rule(
            "not ok ",
            r"^\s{0,8}not ok \d+ (?:- )?(?P<what>(?!.{0,200}# (?:TODO|SKIP)).{1,200})",
            78,
            "the test “{what}” fails",
        ),
        *(
            Rule(
                f"{mark} ",
                rf"^\s{{0,8}}{mark} (?:\[fail\]: )?(?P<what>(?!\d+ problems?).{{2,200}})",
                68,
                "“{what}” fails",
            )
            for mark in "✖✗✘×"
        ),
        Rule("✕ ", r"^\s{0,12}✕ (?P<what>.{2,200})", 56, "the test “{what}” fails"),
        Rule(
            " failed",
            r"^(?:Chrome|HeadlessChrome|Chrome Headless|Firefox|PhantomJS|Safari|Edge|Headless\w*)\b.{1,60}\) (?P<what>.{1,200}) FAILED$",
            80,
            "the test “{what}” fails",
        ),
        Rule(
            "timeouterror: ",
            r"TimeoutError: (?P<what>(?:page|locator|frame|browser\w*|elementHandle)\.\w{1,40}: Timeout .{1,200})",
            82,
            "{what}",
        ),
        Rule("error: expect(", r"Error: (?P<what>expect\(.{1,200})", 82, ""),
        Rule("test timeout of", r"(?P<what>Test timeout of \d+ms exceeded.{0,100})", 82, "{what}"),
        Rule(
            "from config.webserver",
            r"Timed out waiting \d+ms from config\.webServer",
            45,
            "the web server does not start",
        ),
        Rule(
            "exceeded timeout of",
            r"(?P<what>(?:thrown: \")?Exceeded timeout of \d+ ms.{0,100}|Timeout of \d+ms exceeded.{0,160})",
            82,
            "{what}",
            "is a promise or done() missing?",
        ),
        Rule(
            "executable doesn't exist",
            r"browserType\.launch: Executable doesn't exist at (?P<what>\S+)",
            90,
            "the browser is not installed",
            "npx playwright install --with-deps",
        ),
        Rule(
            "host system is missing dependencies",
            r"Host system is missing dependencies to run browsers",
            90,
            "the browser lacks system libraries",
            "npx playwright install-deps",
            after=4,
        ),
        Rule("cannot start", r"(?P<what>Cannot (?:start|load) (?:browser )?\S{1,60}.{0,200})", 78, "{what}"),
        Rule(
            "coverage threshold",
            r"(?P<what>(?:\"global\" |global )?coverage threshold for \w+.{0,80}not met.{0,60}|Coverage for \w+ \(.{1,20}\) does not meet.{0,100})",
            86,
            "{what}",
            "add tests, or lower the threshold",
        ),
        Rule(
            "does not meet",
            r"(?P<what>Coverage for \w+ \([\d.]+%\) does not meet.{0,100})",
            86,
            "{what}",
            "add tests, or lower the threshold",
        ),
        Rule("obsolete", r"\d+ snapshots? obsolete", 10),
        Rule(
            "snapshot", r"(?P<what>\d+ snapshots? failed.{0,80})", 50, "{what}", "look at the difference; -u accepts it"
        ),
        Rule(
            "your test suite must contain at least one test",
            r"Your test suite must contain at least one test",
            84,
            "a test file holds no test",
            before=2,
        ),
        Rule("no tests found", r"(?P<what>No tests? (?:files )?found.{0,100})", 82, "{what}"),
        Rule(" failing", r"^\s{1,4}\d+ failing\b", 34),
        Rule("tests:  ", r"^Tests: +\d+ failed", 30),
        Rule("test suites: ", r"^Test Suites: \d+ failed", 28),
    ),
    _explains,
)
