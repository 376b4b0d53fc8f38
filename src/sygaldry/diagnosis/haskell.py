"""GHC, cabal, Stack; hspec, tasty and HUnit."""

from typing import Final

from sygaldry.diagnosis import Family, Kind, Rule

FAMILY: Final = Family(
    "Haskell",
    (
        Rule(
            ": error",
            r"(?<!\S)(?P<where>\S{1,300}\.l?hs:\d+:\d+(?:-\d+)?): error:?(?P<what>.{0,300})",
            85,
            "{where} does not compile",
            after=4,
        ),
        Rule(
            "could not find module",
            r"Could not find module [‘`'](?P<what>[^’']{1,100})",
            87,
            "the module {what} does not exist",
            "add its package to build-depends",
            after=1,
        ),
        Rule(
            "could not resolve dependencies",
            r"(?:cabal: )?Could not resolve dependencies:?",
            84,
            "cabal finds no versions that fit together",
            after=6,
        ),
        Rule(
            "rejecting: ",
            r"^\[__\d+\] (?P<what>(?:rejecting|fail|conflict).{1,300})",
            70,
            "cabal finds no versions that fit together",
        ),
        Rule(
            "while constructing the build plan",
            r"While constructing the build plan, the following exceptions were encountered",
            80,
            "Stack finds no build plan",
            after=5,
        ),
        Rule("failures:", r"^Failures:\s*$", 76, "tests fail", after=7),
        Rule(
            "missing (or bad) c lib",
            r"Missing (?:\(or bad\) )?(?:dependency on a foreign library|C librar|header)",
            86,
            "a C library is missing",
            after=3,
        ),
        Rule(
            "the program '",
            r"The program '(?P<what>[^']{1,60})' (?:version .{1,60} )?is required but",
            88,
            "{what} is not installed, or too old",
        ),
        Rule(
            "parse error",
            r"(?<!\S)(?P<where>\S{1,300}\.l?hs:\d+:\d+).{0,20}parse error (?P<what>.{1,160})",
            86,
            "{where} cannot be parsed",
        ),
        Rule(
            "cabal: ",
            r"^(?:Error: )?cabal(?:-\S+)?: (?P<what>(?!Failed to build|Some packages).{3,300})",
            70,
            "cabal: {what}",
            after=2,
        ),
        Rule(
            "build process was killed",
            r"The build process was killed",
            88,
            "the compiler was killed, most likely out of memory",
            "fewer jobs (-j1), less optimization, or more memory",
            Kind.RESOURCES,
            before=1,
            after=3,
        ),
        Rule("failed to build", r"(?:cabal: )?Failed to build (?P<what>\S+)", 38),
        Rule("examples, ", r"^\d+ examples?, [1-9]\d* failures?", 40),
    ),
)
