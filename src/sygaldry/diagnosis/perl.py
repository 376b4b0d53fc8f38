"""Perl: missing modules, prove and Test::More, cpanm, syntax."""

from typing import Final

from sygaldry.diagnosis import Family, Rule

FAMILY: Final = Family(
    "Perl",
    (
        Rule(
            "can't locate",
            r"Can't locate (?P<what>\S{1,120}\.pm) in @INC",
            88,
            "the Perl module {what} is not installed",
            "cpanm it",
        ),
        Rule(
            "can't locate object method",
            r"Can't locate object method \"(?P<what>[^\"]{1,80})\" via package \"(?P<where>[^\"]{1,80})\"",
            86,
            "{where} has no method {what}",
        ),
        Rule(
            "failed test", r"^(?:\[[\w .-]{1,40}\] )?\s*#\s+Failed test (?P<what>.{0,200})", 83, "a test fails", after=4
        ),
        Rule(
            "syntax error at",
            r"syntax error at (?P<where>\S{1,200} line \d+), near (?P<what>.{1,100})",
            87,
            "{where} is not valid Perl",
        ),
        Rule(
            "global symbol",
            r"Global symbol \"(?P<what>[^\"]{1,80})\" requires explicit package name.{0,60} at (?P<where>\S{1,200} line \d+)",
            87,
            "{what} is not declared at {where}",
        ),
        Rule(
            " line ",
            r"^(?!(?:\[[\w .-]{1,40}\] )?#)(?P<what>.{3,300}) at (?P<where>\S{1,200}\.(?:pl|pm|t|PL|psgi)|-e) line \d+\.?$",
            70,
            "",
        ),
        Rule("! installing", r"^! (?P<what>Installing .{1,120} failed.{0,120})", 66, "{what}", "read its build.log"),
        Rule(
            "couldn't find module",
            r"! (?:Couldn't find module|Finding) (?P<what>.{1,160})",
            82,
            "cpanm finds no {what}",
        ),
        Rule("bailout", r"Bail out!|BAIL OUT", 80, "the tests gave up", after=1),
        Rule("bail out!", r"Bail out!(?P<what>.{0,200})", 82, "the tests gave up: {what}"),
        Rule("dubious, test returned", r"Dubious, test returned (?P<what>\d+)", 54, "a test program died"),
        Rule("failed ", r"^(?P<where>\S{1,200}\.t)\s.{0,40}(?:Failed|Dubious)", 52, "the test {where} fails"),
        Rule("result: fail", r"^Result: FAIL", 22),
        Rule("compilation failed in require", r"(?:Compilation|BEGIN) failed.{0,200}", 34),
    ),
)
