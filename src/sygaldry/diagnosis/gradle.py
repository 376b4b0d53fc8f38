"""Gradle, Kotlin, Android builds."""

import re
from typing import Final

from sygaldry.diagnosis import Explanation, Family, Hit, Kind, Rule, Window

# The compiler, the tests or the program that Gradle started report what went wrong.
_REPORTS: Final = (
    "Compilation error",
    "Compilation failed; see",
    "There were failing tests",
    "finished with non-zero exit value",
)


def _explains(hit: Hit, window: Window) -> Explanation | None:
    text = hit.line.text
    if "What went wrong" in text:
        return _went_wrong(hit, window)
    if text.rstrip().endswith(" FAILED"):
        below = [line for line in window.lines[window.index + 1 : window.index + 8] if re.match(r"\s{2,}\S", line.text)]
        return Explanation((hit.line, *below[:2])) if below else None
    return Explanation((hit.line,))


def _went_wrong(hit: Hit, window: Window) -> Explanation | None:
    """The reasons are nested with `>`; the last of them is the innermost."""
    lines = []
    for line in window.lines[window.index + 1 : window.index + 16]:
        if line.text.startswith("* "):
            break
        if line.text.strip():
            lines.append(line)
    if any(report in line.text for line in lines for report in _REPORTS):
        return Explanation((hit.line, *lines[:3]), weight=46)
    return Explanation(tuple(lines[:5])) if lines else None


FAMILY: Final = Family(
    "Gradle and Kotlin",
    (
        Rule("what went wrong", r"\* What went wrong:", 78, "Gradle stops"),
        Rule(
            "could not resolve",
            r"(?:> )?Could not (?:resolve|find) (?P<what>[\w.-]{1,100}:[\w.-]{1,100}:[\w.+-]{1,60})",
            84,
            "no repository has {what}",
            "check coordinates, repositories and network",
        ),
        Rule(
            "could not get",
            r"(?P<what>Could not (?:GET|HEAD) '\S{1,300}'.{0,160})",
            82,
            "Gradle cannot download",
            "check network and proxy",
            Kind.TRANSIENT,
        ),
        Rule(
            "e: ", r"^e: (?P<where>(?:file://)?\S{1,300}?:\d+:\d+):? (?P<what>.{1,300})", 85, "{where} does not compile"
        ),
        Rule("e: ", r"^e: (?P<where>\S{1,300}: \(\d+, \d+\)): (?P<what>.{1,300})", 85, "{where} does not compile"),
        Rule("e: ", r"^e: (?P<what>.{3,300})", 78, "Kotlin: {what}"),
        Rule(" failed", r"^(?P<what>\w[\w.$]{1,120} > .{1,160}) FAILED$", 83, "the test {what} fails"),
        Rule(" failed", r"^(?:> Task )?(?P<where>:\S{1,160}) FAILED$", 32),
        Rule("there were failing tests", r"There were failing tests", 28),
        Rule(
            "a problem occurred",
            r"A problem occurred (?:evaluating|configuring) (?P<what>.{1,160})",
            66,
            "Gradle cannot configure: {what}",
            after=3,
        ),
        Rule("build failed in", r"BUILD FAILED in ", 16),
        Rule("failure: build failed with an exception", r"FAILURE: Build (?:failed|completed) with", 18),
        Rule(
            "sdk location not found",
            r"SDK location not found",
            90,
            "the Android SDK is not found",
            "set ANDROID_HOME or local.properties",
        ),
        Rule(
            "failed to install the following android sdk",
            r"Failed to install the following (?:Android )?SDK (?:packages|components)",
            86,
            "the Android SDK lacks components or licences",
            "sdkmanager --licenses",
            after=4,
        ),
        Rule(
            "you have not accepted the license agreements",
            r"You have not accepted the license agreements",
            88,
            "Android licences are not accepted",
            "sdkmanager --licenses",
            after=2,
        ),
        Rule(
            "lint found errors",
            r"Lint found (?P<what>\d+ errors?.{0,80}|errors.{0,80})",
            60,
            "Android lint: {what}",
            after=4,
        ),
    ),
    _explains,
)
