"""Tests of compiled code and of builds: GoogleTest, Catch2, doctest, Boost.Test, CTest, automake, lit, cargo-like."""

import re
from typing import Final

from sygaldry.diagnosis import Explanation, Family, Hit, Rule, Window

_CTEST: Final = re.compile(r"^\s*\d{1,6}/\d{1,6} Test +#(\d{1,6}): ")
_CTEST_HEAD: Final = ("Test command:", "Working Directory:", "Test timeout computed to be:")
_RULER: Final = re.compile(r"^-{60,}$")


def _explains(hit: Hit, window: Window) -> Explanation | None:
    text = hit.line.text
    if ": Failure" in text:
        details = [line for line in window.lines[window.index + 1 : window.index + 8] if line.text.strip()]
        return Explanation((hit.line, *details[:3]))
    if "following tests FAILED" in text:
        details = [
            line
            for line in window.lines[window.index + 1 : window.index + 10]
            if "Failed)" in line.text or "(" in line.text
        ]
        return Explanation((hit.line, *details[:4]))
    if numbered := _CTEST.match(text):
        return _from_ctest(hit, window, numbered[1])
    if text.endswith(": FAILED:"):
        return _from_catch(hit, window)
    return Explanation((hit.line,))


def _from_ctest(hit: Hit, window: Window, number: str) -> Explanation:
    """With -V, a test's output stands above its result, each line after the test's number; else below it."""
    label = f"{number}: "
    above = [
        line
        for line in window.lines[max(window.index - 60, 0) : window.index]
        if line.text.startswith(label) and not line.text.startswith(tuple(label + word for word in _CTEST_HEAD))
    ]
    return Explanation((*[line for line in above if line.text.removeprefix(label).strip()][-4:], hit.line))


def _from_catch(hit: Hit, window: Window) -> Explanation:
    """Catch2 names the test between two rulers above, and what was expected below."""
    first = max(window.index - 14, 0)
    rulers = [at for at in range(first, window.index) if _RULER.match(window.lines[at].text)]
    title = window.lines[rulers[-2] + 1 : rulers[-1]][:2] if len(rulers) > 1 else ()
    details = [line for line in window.lines[window.index + 1 : window.index + 5] if line.text.strip()]
    return Explanation((*title, hit.line, *details))


FAMILY: Final = Family(
    "tests of native code",
    (
        Rule(
            ": failure",
            r"^(?P<where>\S{1,250}(?::\d+|\(\d+\))): (?:error: )?Failure\s*$",
            85,
            "a check fails at {where}",
        ),
        Rule("fail!", r"^FAIL!\s+: (?P<what>.{3,200})", 84, "the test {what} fails", after=3),
        Rule("[  failed  ]", r"^\[  FAILED  \] (?P<what>\S{1,200}\.\S{1,200})", 62, "the test {what} fails"),
        Rule("failed:", r"^(?P<where>\S{1,250}:\d+): FAILED:\s*$", 84, "a check fails at {where}", after=4),
        Rule(
            "error: check",
            r"^(?P<where>\S{1,250}(?::\d+|\(\d+\))): (?:fatal )?[Ee](?:rror|RROR): (?:in \"(?P<what>[^\"]{1,100})\": )?(?:CHECK|REQUIRE|check|critical check)",
            85,
            "a check fails at {where}",
        ),
        Rule(
            'error: in "',
            r"^(?P<where>\S{1,250}(?::\d+|\(\d+\))): (?:fatal )?error: in \"(?P<what>[^\"]{1,100})\": ",
            85,
            "the test {what} fails at {where}",
        ),
        Rule("the following tests failed", r"The following tests FAILED:", 60, "tests fail"),
        Rule(
            "***failed",
            r"Test +#?\d+: (?P<what>\S{1,120}) \.{2,}.{0,4}\*\*\*(?P<why>Failed|Timeout|Exception.{0,40}|Not Run)",
            74,
            "the test {what} fails ({why})",
            "ctest --output-on-failure",
        ),
        Rule(
            "***",
            r"(?<!\S)(?P<what>\S{1,120}) \.{2,}.{0,4}\*\*\*(?P<why>Timeout|Exception.{0,40}|Not Run.{0,40})",
            74,
            "the test {what} fails ({why})",
        ),
        Rule(
            "fail: ",
            r"^FAIL: (?P<what>[\w./+-]{1,160})(?: \(exit status: \d+\))?$",
            72,
            "the test {what} fails",
            "its output is in {what}.log or test-suite.log",
        ),
        Rule("fail: ", r"^FAIL: (?P<what>\S{1,100} \d+ - .{1,160})", 76, "a check fails: {what}"),
        Rule("error: ", r"^ERROR: (?P<what>[\w./+-]{1,100}) - (?P<why>.{1,160})", 74, "the test {what} breaks: {why}"),
        Rule("unexpected failures", r"Unexpected Failures:|Failed Tests \(\d+\):", 62, "tests fail", after=4),
        Rule(
            "assertion failed at",
            r"(?P<what>[Aa]ssertion failed (?:at|in) .{1,200})",
            82,
            "an assertion fails",
            after=2,
        ),
        Rule("# fail:", r"^# (?:FAIL|ERROR): +[1-9]\d*", 30),
        Rule("% tests passed, ", r"^\d+% tests passed, [1-9]\d* tests? failed", 30),
        Rule("errors while running ctest", r"Errors while running CTest", 26),
        Rule(
            "test ",
            r"^\s*\d+/\d+ (?P<what>.{1,160}?) +(?P<why>FAIL|TIMEOUT|ERROR|UNEXPECTEDPASS) +[\d.]+ ?s",
            72,
            "the test {what} fails",
        ),
    ),
    _explains,
)
