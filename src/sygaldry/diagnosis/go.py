"""Go: the compiler, modules, tests, panics, vet and golangci-lint."""

import re
from typing import Final

from sygaldry.diagnosis import Explanation, Family, Hit, Kind, Rule, Window


def _explains(hit: Hit, window: Window) -> Explanation | None:
    text = hit.line.text
    if "--- FAIL" in text:
        below = window.lines[window.index + 1 : window.index + 12]
        details = [
            line
            for line in below
            if re.match(r"\s+(?:\S+\.go:\d+: \S|Error:|expected|actual|got|want|[-+] )", line.text)
        ]
        if details:
            return Explanation((hit.line, *details[:4]))
        above = [
            line
            for line in window.lines[max(window.index - 8, 0) : window.index]
            if re.match(r"\s+\S+\.go:\d+: ", line.text)
        ]
        return Explanation((*above[-3:], hit.line))
    if text.startswith(("panic:", "fatal error:")):
        frames = [
            line
            for line in window.lines[window.index + 1 : window.index + 40]
            if re.match(r"\s+/\S+\.go:\d+", line.text)
            and "/src/runtime/" not in line.text
            and "/src/testing/" not in line.text
        ]
        return Explanation((hit.line, *frames[:1]), where=frames[0].text.strip().split(" ")[0] if frames else "")
    return Explanation((hit.line,))


FAMILY: Final = Family(
    "Go",
    (
        Rule(
            ".go:",
            r"^(?:#\s)?\s{0,4}(?P<where>\.{0,2}[\w./@-]{1,300}\.go:\d+(?::\d+)?): (?P<what>(?!Warning|:? ?# )\S.{1,400})",
            80,
            "{where} does not compile, or fails",
        ),
        Rule(
            "no required module provides package",
            r"(?P<what>no required module provides package \S{1,200})",
            87,
            "{what}",
            "go get it, then go mod tidy",
        ),
        Rule(
            "cannot find package",
            r"cannot find package \"?(?P<what>[^\s\"]{1,200})\"?",
            86,
            "the package {what} does not exist",
        ),
        Rule("cannot find module", r"(?P<what>cannot find (?:main )?module.{1,200})", 86, "{what}"),
        Rule(
            "missing go.sum entry",
            r"missing go\.sum entry for (?P<what>.{1,200})",
            87,
            "go.sum lacks an entry for {what}",
            "go mod tidy",
        ),
        Rule("updates to go.mod needed", r"updates to go\.(?:mod|sum) needed", 86, "go.mod is not tidy", "go mod tidy"),
        Rule(
            "verifying",
            r"verifying (?P<what>\S{1,200}): checksum mismatch",
            88,
            "the module {what} is not the one that was recorded",
        ),
        Rule(
            "go: ",
            r"^go: (?P<what>(?!downloading|finding|extracting|added|upgraded|creating|found|warning).{3,300})",
            72,
            "go: {what}",
        ),
        Rule("requires go >=", r"^(?P<what>.{1,200}requires go >= \S+.{0,100})", 88, "the Go compiler is too old"),
        Rule(
            "undefined: ",
            r"(?<!\S)(?P<where>\S{1,300}\.go:\d+:\d+): undefined: (?P<what>\S+)",
            86,
            "{what} is defined nowhere",
        ),
        Rule(
            " not used",
            r"(?<!\S)(?P<where>\S{1,300}\.go:\d+:\d+): (?P<what>(?:\"\S{1,200}\" imported|declared)(?: as \w{1,60})? and not used.{0,100})",
            86,
            "{what}",
        ),
        Rule("--- fail:", r"^\s{0,12}--- FAIL: (?P<where>\S{1,200}) \([\d.]+s\)", 83, "the test {where} fails"),
        Rule("panic: ", r"^panic: (?P<what>.{1,300})", 85, "the program panicked: {what}"),
        Rule(
            "fatal error: all goroutines",
            r"fatal error: all goroutines are asleep - deadlock!",
            88,
            "all goroutines wait for one another",
        ),
        Rule("data race", r"WARNING: DATA RACE", 80, "two goroutines race for one value", after=6),
        Rule(
            "panic: test timed out",
            r"panic: test timed out after (?P<what>\S+)",
            87,
            "a test took longer than {what}",
            "",
            Kind.DETERMINISTIC,
        ),
        Rule(
            "import cycle not allowed",
            r"import cycle not allowed",
            86,
            "packages import each other in a circle",
            after=3,
        ),
        Rule("[build failed]", r"^FAIL\s+(?P<where>\S{1,200}) \[(?:build|setup) failed\]", 40),
        Rule("fail\t", r"^FAIL\t(?P<where>\S{1,200})\t", 34),
        Rule(
            "build constraints exclude all go files",
            r"build constraints exclude all Go files in (?P<where>\S+)",
            84,
            "no Go file fits this platform",
        ),
    ),
    _explains,
)
