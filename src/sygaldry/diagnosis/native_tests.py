"""Tests of compiled code and of builds: GoogleTest, Catch2, doctest, Boost.Test, CTest, automake, lit, cargo-like."""

from collections.abc import Sequence
from itertools import takewhile
from typing import Final

from sygaldry.diagnosis import Explanation, Family, Hit, Line, Rule, Window
from sygaldry.model.lazy_pattern import lazy_pattern

_CTEST: Final = lazy_pattern(r"^\s*\d{1,6}/\d{1,6} Test +#(\d{1,6}): ")
_CTEST_HEAD: Final = ("Test command:", "Working Directory:", "Test timeout computed to be:")
_RULER: Final = lazy_pattern(r"^-{60,}$")
_MESON: Final = lazy_pattern(
    r"^\s*\d{1,6}/\d{1,6} (?P<name>.{1,160}?) +(?:FAIL|TIMEOUT|ERROR|UNEXPECTEDPASS) +[\d.]+ ?s"
)
_MESON_HEAD: Final = lazy_pattern(r"^\u2015{8,} {1,3}\u2700 {1,3}\u2015{8,}$")
_MESON_END: Final = lazy_pattern(r"^\u2015{20,}$")
_AUTOMAKE_HEAD: Final = lazy_pattern(r"^={4,160}$")
_STREAMS: Final = frozenset({"stdout:", "stderr:"})
_TELLS: Final = lazy_pattern(
    r"(?i)\b(?:expected|differs?|difference|error|fail\w*|not|assert\w*|wrong|mismatch|cannot|missing)\b|!="
)
_REPORT: Final = 120  # lines of a failed test's output


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
    return _with_output(hit, *_output(hit, window))


def _from_ctest(hit: Hit, window: Window, number: str) -> Explanation:
    """With -V, a test's output stands above its result, each line after the test's number; else below it."""
    label = f"{number}: "
    above = [
        line
        for line in window.lines[max(window.index - 60, 0) : window.index]
        if line.text.startswith(label) and not line.text.startswith(tuple(label + word for word in _CTEST_HEAD))
    ]
    return Explanation((*[line for line in above if line.text.removeprefix(label).strip()][-4:], hit.line))


def _output(hit: Hit, window: Window) -> tuple[str, list[Line]]:
    """Return the name of a failed test and what it printed, where the tool quotes it below."""
    text = hit.line.text
    if found := _MESON.match(text):
        return found["name"], _meson_output(window)
    if text.startswith("FAIL: ") and " - " not in text:
        return hit.match["what"], _automake_output(window, hit.match["what"])
    return "", []


def _meson_output(window: Window) -> list[Line]:
    """Return the output that `meson test --print-errorlogs` prints below the result of a test."""
    below = window.lines[window.index + 1 : window.index + 6]
    head = next((at for at, line in enumerate(below) if _MESON_HEAD.match(line.text)), None)
    if head is None or any(_MESON.match(line.text) for line in below[:head]):
        return []
    begin = window.index + head + 2
    output = takewhile(lambda line: not _MESON_END.match(line.text), window.lines[begin : begin + _REPORT])
    return [line for line in output if line.text.strip() and line.text.strip() not in _STREAMS]


def _automake_output(window: Window, test: str) -> list[Line]:
    """Return the output in a test-suite.log, whose titles leave out the extension of a test's name."""
    titles = {f"FAIL: {test}", f"FAIL: {test.rpartition('.')[0] or test}"}
    below = window.lines[window.index : window.index + _REPORT]
    heads = (at for at, line in enumerate(below[:-1]) if line.text in titles)
    head = next((at for at in heads if _is_underlined(below[at], below[at + 1])), None)
    if head is None:
        return []
    output = takewhile(lambda line: not line.text.startswith(f"FAIL {test}"), below[head + 2 :])
    return [line for line in output if line.text.strip()]


def _is_underlined(title: Line, ruler: Line) -> bool:
    return bool(_AUTOMAKE_HEAD.match(ruler.text)) and len(ruler.text) == len(title.text)


def _with_output(hit: Hit, test: str, output: Sequence[Line]) -> Explanation:
    """Show the last lines of a failed test's output, and say which of them tells most."""
    if not output:
        return Explanation((hit.line,))
    telling = next((line for line in reversed(output) if _TELLS.search(line.text[:600])), output[-1])
    return Explanation((telling, hit.line, *output[-3:]), says=f"the test {test} fails: {telling.text.strip()[:200]}")


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
        *(
            Rule(
                f" {word.lower()} ",
                rf"^\s*\d+/\d+ (?P<what>.{{1,160}}?) +{word} +[\d.]+ ?s\b",
                72,
                "the test {what} fails",
                "meson test --print-errorlogs",
            )
            for word in ("FAIL", "TIMEOUT", "ERROR", "UNEXPECTEDPASS")
        ),
    ),
    _explains,
)
