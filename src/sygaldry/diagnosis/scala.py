"""Scala: sbt, scalac, ScalaTest, specs2, Mill; Clojure's Leiningen."""

from typing import Final

from sygaldry.diagnosis import Family, Rule

FAMILY: Final = Family(
    "Scala",
    (
        Rule(
            "[error] ",
            r"^\[error\] (?P<where>/?\S{1,300}\.(?:scala|sbt|java):\d+(?::\d+)?): (?P<what>.{1,300})",
            85,
            "{where} does not compile",
            after=2,
        ),
        Rule(
            "-- ",
            r"^(?:\[error\] )?-- (?:\[E\d+\] )?(?P<what>.{0,40}Error): (?P<where>.{1,300}?:\d+:\d+)",
            85,
            "{what} at {where}",
            after=4,
        ),
        Rule("errors found", r"^\[error\] \d{1,6} errors found", 24),
        Rule("error found", r"^\[error\] one error found", 24),
        Rule("compilation failed", r"^\[error\] \(.{1,200}\) Compilation failed", 26),
        Rule("total time: ", r"^\[error\] Total time: ", 6),
        Rule(
            "*** failed ***",
            r"^(?:\[info\] )?\s*[-*] (?P<what>.{1,200}) \*\*\* FAILED \*\*\*",
            84,
            "the test “{what}” fails",
            after=2,
        ),
        Rule("[error]  ", r"^\[error\]\s+(?:x|!) (?P<what>.{1,200})", 82, "the test “{what}” fails", after=3),
        Rule(
            "unresolved dependency",
            r"(?:::\s+)?[Uu]nresolved dependency: (?P<what>\S{1,160}).{0,100}",
            85,
            "no repository has {what}",
        ),
        Rule(
            "error downloading",
            r"Error downloading (?P<what>(?!packages:)\S{1,160})",
            84,
            "{what} cannot be downloaded",
            after=3,
        ),
        Rule("failed tests:", r"^\[error\] Failed tests:", 62, "tests fail", after=4),
        Rule(
            "not found: ",
            r"not found: (?:value|type|object) (?P<what>\S+)",
            84,
            "{what} is defined nowhere",
            before=0,
            after=2,
        ),
        Rule("[error] (", r"^\[error\] \((?P<where>[^)]{1,100})\) (?P<what>.{1,300})", 44, "sbt: {what}"),
        Rule("[error] ", r"^\[error\] (?P<what>(?!\(|Total time|Failed:|Error:|Passed:|stack trace).{4,300})", 58, ""),
        Rule(
            "syntax error compiling at",
            r"(?:CompilerException|Syntax error).{0,100}compiling (?:at )?:?\(?(?P<where>[^\s)]{1,160})",
            85,
            "{where} does not compile",
        ),
        Rule("fail in (", r"^(?:FAIL|ERROR) in \((?P<what>[^)]{1,100})\)", 83, "the test {what} fails", after=4),
    ),
)
