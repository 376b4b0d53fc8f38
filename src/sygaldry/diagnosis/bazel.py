"""Bazel and Buck: loading, analysis, toolchains, repository rules, actions."""

from typing import Final

from sygaldry.diagnosis import Family, Kind, Rule

FAMILY: Final = Family(
    "Bazel",
    (
        Rule(
            "no such package",
            r"no such package '(?P<what>[^']{1,200})'(?P<why>.{0,200})",
            84,
            "Bazel has no package {what}",
        ),
        Rule("no such target", r"no such target '(?P<what>[^']{1,200})'", 85, "Bazel has no target {what}"),
        Rule(
            "not visible from target",
            r"(?P<what>is not visible from target.{0,200})",
            85,
            "a target is not visible to another",
            "add it to visibility",
            after=1,
        ),
        Rule(
            "cycle in dependency graph",
            r"cycle in dependency graph",
            85,
            "targets need each other in a circle",
            after=4,
        ),
        Rule(
            "undeclared inclusion",
            r"undeclared inclusion\(s\) in rule '(?P<what>[^']{1,200})'",
            86,
            "{what} includes a header it does not name",
            "add the header's target to deps",
            after=3,
        ),
        Rule("missing input file", r"missing input file '(?P<what>[^']{1,200})'", 85, "{what} does not exist"),
        Rule(
            "checksum was ",
            r"(?P<what>Checksum was [0-9a-f]{8,128} but wanted [0-9a-f]{8,128})",
            92,
            "a downloaded archive is not the one that is pinned: {what}",
            "renew the sha256, or find out who changed the archive",
        ),
        Rule(
            "does not contain symbol",
            r"(?P<what>file '[^']{1,200}' does not contain symbol '[^']{1,100}')",
            91,
            "Bazel: {what}",
            "use versions of Bazel and of the rules that fit each other",
        ),
        Rule(
            "error: ",
            r"ERROR: (?P<where>/?\S{1,300}(?:BUILD(?:\.bazel)?|\.bzl|\.bazel|WORKSPACE):\d+:\d+): "
            r"(?P<what>(?:syntax error|name '|indentation|invalid character|unclosed|trailing|contains|expected).{0,300})",
            90,  # above the targets that the file would have declared
            "Bazel cannot load {where}: {what}",
        ),
        Rule(
            "error: ",
            r"ERROR: (?P<where>/?\S{1,300}BUILD(?:\.bazel)?:\d+:\d+): (?P<what>(?!.{0,160}failed: ).{1,300})",
            82,
            "Bazel stops at {where}: {what}",
            after=2,
        ),
        Rule(
            "failed: (exit",
            r"ERROR: (?P<where>\S{1,300}?):? (?P<what>.{1,200}) failed: \(Exit \d+\)",
            40,
            "the action {what} failed",
        ),
        Rule(
            "failed (exit",  # Bazel before 6
            r"ERROR: (?P<where>\S{1,300}?):? (?P<what>.{1,200}) failed \(Exit \d+\)",
            40,
            "the action {what} failed",
        ),
        Rule("failed: (", r"ERROR: .{1,300} failed: \((?P<what>.{1,60})\)", 40, "an action failed: {what}"),
        Rule("error loading package", r"ERROR: (?P<what>[Ee]rror loading package .{1,300})", 80, "Bazel: {what}"),
        Rule(
            "an error occurred during the fetch of repository",
            r"An error occurred during the fetch of repository '(?P<what>[^']{1,100})'",
            76,
            "the repository {what} cannot be fetched",
            "check the network, or --distdir and --repository_cache",
            Kind.TRANSIENT,
            after=6,
        ),
        Rule(
            "error in download",
            r"Error in (?:download_and_extract|download|fail|repository_rule)\b: ?(?P<what>.{1,300})",
            82,
            "Bazel cannot fetch: {what}",
            "check network and checksum",
            Kind.TRANSIENT,
        ),
        Rule(
            "toolchain",
            r"(?P<what>No matching toolchains found.{1,200}|No toolchain found.{1,200})",
            85,
            "Bazel: {what}",
        ),
        Rule(
            "unrecognized option",
            r"ERROR: (?P<what>.{0,80}:: Unrecognized option: .{1,100})",
            88,
            "Bazel: {what}",
            "another Bazel version? see .bazelversion",
        ),
        Rule("skipping '", r"ERROR: Skipping '(?P<what>[^']{1,200})': (?P<why>.{1,200})", 70, "Bazel: {why}"),
        Rule(
            "analysis of target",
            r"ERROR: Analysis of target '(?P<where>[^']{1,200})' failed(?:; build aborted)?(?:: (?P<what>.{1,200}))?",
            44,
        ),
        Rule(
            "fail: //",
            r"^FAIL: (?P<where>//\S{1,200})(?: .{0,200})?",
            62,
            "the test {where} fails",
            "its log is test.log beside it",
        ),
        Rule(
            "timeout: //",
            r"^TIMEOUT: (?P<where>//\S{1,200})",
            74,
            "the test {where} timed out",
            "test_timeout, or size",
        ),
        Rule(
            "//",
            r"^(?P<where>//\S{1,200}) +(?:\(cached\) )?(?:FAILED|TIMEOUT|FAILED TO BUILD) in .{1,60}",
            48,
            "the test {where} fails",
        ),
        Rule("failed to build", r"^Target //\S{1,200} failed to build", 22),
        Rule("all targets were analyzed", r"ERROR: command succeeded, but not all targets were analyzed", 24),
        Rule("linux-sandbox", r"^\d{10}\.\d{6,9}: src/main/tools/linux-sandbox", 4),
        Rule("couldn't start the build", r"ERROR: Couldn't start the build\b.{0,80}", 24),
        Rule(
            "build did not complete successfully",
            r"(?:FAILED: Build did NOT complete successfully|ERROR: Build did NOT complete)",
            18,
        ),
        Rule("use --sandbox_debug", r"Use --sandbox_debug to see", 4),
    ),
)
