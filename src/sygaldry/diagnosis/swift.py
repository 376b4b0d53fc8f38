"""Swift, Xcode, CocoaPods, Carthage, fastlane."""

from typing import Final

from sygaldry.diagnosis import Family, Rule

FAMILY: Final = Family(
    "Swift and Xcode",
    (
        Rule(
            "error: ",
            r"(?<!\S)(?P<where>\S{1,300}\.(?:swift|mm?):\d+:\d+): error: (?P<what>.{1,300})",
            84,
            "{where} does not compile",
            after=2,
        ),
        Rule(  # xcbeautify and xcpretty print a cross before an error, a warning sign before a warning
            ".swift:",
            r"^\s{0,4}(?:❌|\[x\]|✗|✖)\W{0,3}(?P<where>\S{1,300}\.swift:\d+:\d+): (?:error: )?(?P<what>.{1,300})",
            84,
            "{where} does not compile",
            after=2,
        ),
        Rule(
            "error: ",
            r"(?<!\S)(?P<where>\S{1,300}\.swift:\d+): error: -\[(?P<test>[^\]]{1,160})\] : (?P<what>.{1,300})",
            87,
            "the test {test} fails",
        ),
        Rule("' failed (", r"Test Case '-?\[?(?P<what>[^']{1,160})\]?' failed \(", 58, "the test {what} fails"),
        Rule("xcodebuild: error", r"xcodebuild: error: (?P<what>.{1,300})", 86, "xcodebuild: {what}", after=2),
        Rule("the following build commands failed", r"The following build commands failed:", 40, after=2),
        Rule(
            "unable to find a destination",
            r"(?P<what>Unable to find a destination matching.{0,160})",
            88,
            "the simulator does not exist on this machine",
            after=3,
        ),
        Rule(
            "code sign",
            r"(?P<what>(?:Code ?Sign(?:ing)? [Ee]rror|error: .{0,80}provisioning profile).{0,200})",
            86,
            "code signing fails",
        ),
        Rule(
            "[!] ",
            r"^\[!\] (?P<what>(?:Unable|CocoaPods|The|Error|Failed|No |Could).{3,300})",
            84,
            "CocoaPods: {what}",
            after=3,
        ),
        Rule(
            "is using swift tools version",
            r"(?P<what>is using Swift tools version .{1,120})",
            87,
            "the Swift tools are too old",
        ),
        Rule(
            "error: ",
            r"^error: (?P<what>(?:package|the package|dependencies|no such module|terminated|root manifest).{1,300})",
            76,
            "Swift: {what}",
        ),
        Rule("no such module", r"no such module '(?P<what>[^']{1,80})'", 87, "the module {what} does not exist"),
        Rule("** build failed **", r"\*\* (?:BUILD|TEST|ARCHIVE) FAILED \*\*", 22),
    ),
)
