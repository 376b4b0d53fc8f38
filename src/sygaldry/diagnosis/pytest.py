"""pytest and unittest: failures, errors in fixtures and in collection, coverage thresholds."""

from collections import Counter
from collections.abc import Sequence
from itertools import takewhile
from typing import Final

from sygaldry.diagnosis import Explanation, Family, Hit, Line, Rule, Window
from sygaldry.diagnosis._pytest_report import ERROR, HEAD, TITLE, from_the_report
from sygaldry.diagnosis._wrappers import is_wrapper
from sygaldry.model.lazy_pattern import lazy_pattern

_EXAMPLE: Final = "Failed example:"
_SENTENCE: Final = 250

_MANY: Final = 8  # failing tests from which their names say more than the first assertion
_TOTAL: Final = lazy_pattern(
    r"^(?:=+ )?(?P<counts>\d{1,7} (?:failed|error|passed|skipped|warning|deselected|xfailed|xpassed).{0,160}) in \d[\d.]*s"
)
_COUNT: Final = lazy_pattern(r"(?P<count>\d{1,7}) (?P<kind>failed|error)")
_REASON: Final = lazy_pattern(r" - (?P<reason>.{4,300})$")
_COUNTED: Final = 100  # tests; of more, some may stand outside the window
_ALIKE: Final = 3  # so many tests with one reason are named
_REPORTS: Final = lazy_pattern(r"^=+ (?:FAILURES|ERRORS) =+$")
_SUMMARY: Final = lazy_pattern(r"(?:FAILED|ERROR) \S+\.py\b")


def _explains(hit: Hit, window: Window) -> Explanation | None:
    text = hit.line.text
    if ERROR.match(text):
        return from_the_report(window)
    if text.startswith(_EXAMPLE):
        return _from_the_example(hit, window)
    if text.startswith(("FAILED ", "ERROR ")):
        return _from_the_summary(hit, window)
    return Explanation((hit.line,))


def _from_the_example(hit: Hit, window: Window) -> Explanation:
    """An example of doctest, what it should print and what it printed."""
    below = takewhile(lambda line: not line.text.startswith("***"), window.lines[window.index + 1 : window.index + 12])
    shown = [line for line in below if line.text.strip()]
    parts = [line.text.strip() for line in shown if line.text.strip() not in {"Expected:", "Got:", "Expected nothing"}]
    where = next((line.text for line in reversed(window.lines[: window.index]) if line.text.startswith("File ")), "")
    says = f"a doctest fails: {' -> '.join(parts[:1] + parts[-1:])}" if parts else ""
    return Explanation((hit.line, *shown[:5]), says=says[:_SENTENCE], where=where.removeprefix("File "))


def _from_the_summary(hit: Hit, window: Window) -> Explanation:
    """Several tests may fail for one reason: show the first few and how many there are."""
    text = hit.line.text
    same = [line for line in window.lines if _SUMMARY.match(line.text)] or [hit.line]
    reported = any(ERROR.match(line.text) for line in window.lines[: window.index])
    weight = hit.rule.weight + 12 if len(same) > (_MANY if reported else 3) and not is_wrapper(text) else 0
    same.sort(key=lambda line: is_wrapper(line.text))
    says = _total(window) or _count(same)
    return Explanation(
        (*_first_report(window), *same[:3]),
        says=f"{says}{_common_reason(same)}",
        where="" if len(same) > 1 else hit.match.groupdict().get("where") or "",
        weight=weight,
    )


def _total(window: Window) -> str:
    """The counts that the last line of the session gives: the summary above may be longer than the window."""
    line = next((found for each in window.lines[window.index :] if (found := _TOTAL.match(each.text))), None)
    counts = {found["kind"]: int(found["count"]) for found in _COUNT.finditer(line["counts"])} if line else {}
    failed, errors = counts.get("failed", 0), counts.get("error", 0)
    if failed + errors < 2:  # the message of a single one says more
        return ""
    if not failed:
        return f"{errors} tests cannot be set up or collected"
    return f"{failed} tests fail" + (f", {errors} cannot be set up" if errors else "")


def _count(same: Sequence[Line]) -> str:
    if len(same) == 1:
        return "a test fails"
    return f"at least {len(same)} tests fail" if len(same) > _COUNTED else f"{len(same)} tests fail"


def _common_reason(same: Sequence[Line]) -> str:
    """The reason that most of the tests have in common, if there is one."""
    reasons = Counter(found["reason"] for line in same if (found := _REASON.search(line.text)))
    reason, count = reasons.most_common(1)[0] if reasons else ("", 0)
    return f", {count} of them with {reason}" if count >= _ALIKE and count * 2 > len(same) else ""


def _first_report(window: Window) -> tuple[Line, ...]:
    """The first assertion or exception of the reports above, with its test's title."""
    if not any(_REPORTS.match(line.text) for line in window.lines[: window.index]):
        return ()  # the first one stands above the window
    start = next((at for at, line in enumerate(window.lines) if TITLE.match(line.text)), window.index)
    at = next((at for at in range(start, window.index) if ERROR.match(window.lines[at].text)), None)
    if at is None:  # a check of a plug-in, or a doctest
        below = takewhile(lambda line: not HEAD.match(line.text), window.lines[start + 1 : window.index])
        body = next((line for line in below if line.text.strip()), None)
        return () if body is None or start == window.index else (window.lines[start], body)
    return (window.lines[start], window.lines[at])


FAMILY: Final = Family(
    "pytest and unittest",
    (
        Rule(
            "no module named",
            r"^E +(?:ModuleNotFoundError|ImportError): No module named '(?P<what>[\w.]{1,100})'",
            90,
            "the Python module {what} is not installed",
            "install it into this environment",
        ),
        Rule(
            "e  ",
            r"^E {2,}(?P<what>(?:[\w.]*(?:Error|Exception|Failed|Exit|Timeout|Warning)\b|assert ).{0,300})",
            85,
            "",
        ),
        *(  # --tb=line
            Rule(
                word,
                r"^\S{1,300}\.py:\d{1,7}: (?P<what>(?:[A-Za-z_][\w.]{0,80}(?:Error|Exception|Failed): |assert ).{1,300})",
                62,
                "",
            )
            for word in ("error: ", "exception: ", "failed: ", ": assert ")
        ),
        Rule("failed example:", r"^Failed example:$", 82, ""),
        Rule("***test failed***", r"^\*{3}Test Failed\*{3} \d+ failures?", 33),
        Rule("fixture '", r"^E? +fixture '(?P<what>[^']{1,100})' not found", 88, "there is no fixture {what}"),
        Rule("failed ", r"^FAILED (?P<where>[^\s-]\S{0,299})(?: - (?P<what>.{1,300}))?", 76, "tests fail"),
        Rule(
            "error ",
            r"^ERROR (?P<where>\S{1,300}\.py\S{0,200})(?: - (?P<what>.{1,300}))?",
            74,
            "tests cannot be set up or collected",
        ),
        Rule(
            "required test coverage",
            r"(?P<what>Required test coverage of .{1,80} not reached.{0,60})",
            86,
            "{what}",
            "add tests, or lower the threshold",
        ),
        Rule("coverage failure", r"Coverage failure: (?P<what>.{1,120})", 86, "coverage: {what}"),
        Rule("usageerror", r"(?:pytest\.)?UsageError: (?P<what>.{1,200})", 84, "pytest was called wrongly: {what}"),
        Rule(
            "unrecognized arguments",
            r"error: unrecognized arguments: (?P<what>.{1,200})",
            84,
            "an option is not known: {what}",
            "is the plugin that brings it installed?",
        ),
        Rule(
            "file or directory not found",
            r"ERROR: file or directory not found: (?P<what>.{1,200})",
            88,
            "{what} does not exist",
        ),
        Rule("not found: ", r"^ERROR: (?:file )?not found: (?P<what>.{1,200})", 88, "pytest finds no {what}"),
        Rule("import file mismatch", r"import file mismatch:", 84, "two test files have one name", after=6),
        Rule(
            "conftest",
            r"ImportError while loading conftest '(?P<what>[^']{1,200})'",
            60,
            "conftest.py cannot be imported",
        ),
        Rule(
            "fail: ", r"^(?:FAIL|ERROR): (?P<what>test\w{0,100} \([\w.]{1,200}\).{0,60})", 72, "the test {what} fails"
        ),
        Rule("timeout >", r"Failed: Timeout >?(?P<what>[\d.]+ ?s)", 84, "a test took longer than {what}"),
        Rule(
            "no tests ran",
            r"^(?:=+ )?no tests ran in [\d.]+",
            68,
            "pytest found no tests to run",
            "check the paths, the -k and -m filters and the names of the files",
        ),
        Rule("failed, ", r"^=+ .{0,60}\b\d+ (?:failed|error).{0,80} in [\d.]+", 33),
        Rule(
            "!!! ",
            r"^!{3,} (?P<what>KeyboardInterrupt|_pytest\.outcomes\.Exit: .{1,200}) !{3,}$",
            78,
            "the test session was interrupted: {what}",
            after=1,
        ),
        Rule(
            "internalerror> ",
            r"^INTERNALERROR> (?:E {1,8})?(?P<what>(?:[\w.]{1,80}\.)?[A-Z]\w{0,60}(?:Error|Exception|Exit|Failed|Interrupted|Warning)\b(?:: .{0,300})?)$",
            87,
            "pytest itself fails: {what}",
            "a conftest.py, a plugin or a module that ends the interpreter when it is imported",
        ),
        Rule("interrupted: ", r"^!+ Interrupted: .{1,60} errors? during collection", 30),
    ),
    _explains,
)
