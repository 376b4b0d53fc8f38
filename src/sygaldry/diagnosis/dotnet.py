"""The .NET compilers, MSBuild, NuGet and their test runners."""

from typing import Final

from sygaldry.diagnosis import Family, Kind, Rule

FAMILY: Final = Family(
    ".NET",
    (
        Rule(
            "error cs",
            r"(?<![^\s(])(?P<where>[^\s(]{1,300}\(\d+,\d+(?:,\d+,\d+)?\)): error (?P<code>CS\d{4}): (?P<what>.{1,300}?)(?: \[|$)",
            85,
            "{where} does not compile",
        ),
        Rule("error cs", r"^\s{0,8}CSC : error (?P<code>CS\d{4}): (?P<what>.{1,300}?)(?: \[|$)", 85, "{what} ({code})"),
        Rule(
            "error fs",
            r"(?<![^\s(])(?P<where>[^\s(]{1,300}\(\d+,\d+(?:,\d+,\d+)?\)): error (?P<code>FS\d{4}): (?P<what>.{1,300}?)(?: \[|$)",
            85,
            "{where} does not compile",
        ),
        Rule(
            "error nu",
            r"error (?P<code>NU\d{4}): (?P<what>.{1,300})",
            86,
            "NuGet: {what}",
            "check sources and versions",
        ),
        Rule(
            "error netsdk", r"error (?P<code>NETSDK\d{4}): (?P<what>.{1,300})", 87, "the .NET SDK does not fit: {what}"
        ),
        # A command that MSBuild ran ended: what it printed stands above.
        # https://learn.microsoft.com/visualstudio/msbuild/errors/msb3073
        Rule("error msb", r"error MSB(?:3073|3075|3721|6006|8066): ", 38),
        Rule("error msb", r"error (?P<code>MSB\d{4}): (?P<what>.{1,300})", 74, "MSBuild: {what}"),
        Rule(
            ": error ",
            r"(?<![^\s(])(?P<where>[^\s(]{1,300}\(\d+,\d+\)): error (?P<code>[A-Z]{2,10}\d{3,5}): (?P<what>.{1,300})",
            84,
            "{where} does not pass {code}",
        ),
        Rule(
            "a compatible .net",
            r"(?P<what>A compatible (?:installed )?\.NET (?:Core )?SDK .{1,160})",
            88,
            "no fitting .NET SDK is installed",
            "global.json names the one that is wanted",
        ),
        Rule(
            "  failed ", r"^\s{2,4}(?:Failed|X) (?P<what>\S.{1,200}) \[.{1,20}\]$", 82, "the test {what} fails", after=3
        ),
        Rule("[fail]", r"^\s*(?P<what>\S.{0,250}) \[FAIL\]", 80, "the test {what} fails", after=2),
        Rule(
            "unhandled exception",
            r"Unhandled [Ee]xception[.:]? ?(?P<what>.{1,300})",
            84,
            "an unhandled exception: {what}",
            after=1,
        ),
        Rule(
            "unable to load the service index",
            r"Unable to load the service index for source (?P<what>\S+)",
            86,
            "the package source {what} cannot be reached",
            "check the network and nuget.config",
            Kind.TRANSIENT,
        ),
        Rule("build failed.", r"^Build FAILED\.", 18),
    ),
)
