"""Maven, Surefire, JUnit, Ant, Checkstyle."""

from typing import Final

from sygaldry.diagnosis import Explanation, Family, Hit, Kind, Rule, Window


def _explains(hit: Hit, window: Window) -> Explanation | None:
    """A summary heading is followed by the tests that failed, each with its reason."""
    text = hit.line.text
    if "<<<" in text:
        below = [line for line in window.lines[window.index + 1 : window.index + 4] if line.text.strip()]
        return Explanation((hit.line, *below[:2]))
    if hit.rule.before or "ests:" in text or "ailures:" in text or "rrors:" in text:
        below = [
            line
            for line in window.lines[window.index + 1 : window.index + 8]
            if len(line.text.replace("[ERROR]", "").strip()) > 3
        ]
        return Explanation((hit.line, *below[:3])) if below else None
    return Explanation((hit.line,))


FAMILY: Final = Family(
    "Maven and JUnit",
    (
        Rule(
            "could not resolve dependencies",
            r"Could not resolve dependencies for project (?P<where>[^\s:]{1,100}(?::[^\s:]{1,100}){0,3}):? (?P<what>.{1,500})",
            82,
            "Maven cannot get a dependency",
            "check the coordinates, the repositories and the network",
        ),
        Rule(
            "could not transfer artifact",
            r"Could not transfer artifact (?P<what>\S{1,200}) from/to (?P<where>.{1,200}?): (?P<why>.{1,200})",
            84,
            "Maven cannot fetch {what}: {why}",
            "check network, proxy and repository",
            Kind.TRANSIENT,
        ),
        Rule(
            "could not find artifact",
            r"Could not find artifact (?P<what>\S{1,200})(?: in (?P<where>.{1,200}))?",
            85,
            "no repository has {what}",
            "check the coordinates",
        ),
        Rule(
            "cannot access",
            r"(?P<what>Cannot access \S{1,100} \(.{1,200}\) in offline mode.{0,200})",
            86,
            "an artifact is not in the local repository, and Maven is offline",
        ),
        Rule(
            "could not be resolved",
            r"Plugin (?P<what>\S{1,200}) or one of its dependencies could not be resolved:? ?(?P<why>.{0,400})",
            82,
            "Maven cannot get the plugin {what}",
            "check network and repository",
            Kind.TRANSIENT,
        ),
        Rule("<<< failure!", r"^(?:\[ERROR\] +)?(?P<what>(?!Tests run).{1,250}) <<< FAILURE!", 84, "a test fails"),
        Rule("<<< error!", r"^(?:\[ERROR\] +)?(?P<what>(?!Tests run).{1,250}) <<< ERROR!", 83, "a test breaks"),
        Rule("failed tests:", r"^(?:\[ERROR\] )?Failed tests: ?(?P<what>.{0,300})", 80, "tests fail", before=0),
        Rule("tests in error:", r"^(?:\[ERROR\] )?Tests in error: ?", 79, "tests break"),
        Rule("failures:", r"^\[ERROR\] (?:Failures|Errors):\s*$", 80, "tests fail"),
        Rule("errors:", r"^\[ERROR\] (?:Failures|Errors):\s*$", 80, "tests break"),
        Rule("you have", r"You have (?P<what>\d+ (?:Checkstyle|PMD|SpotBugs|CPD)? ?violations?.{0,60})", 62, "{what}"),
        Rule(
            "(checkstyle",
            r"^\[(?:ERROR|WARN)\] (?P<where>\S{1,300}:\d+)(?::\d+)?: (?P<what>.{1,300})",
            66,
            "style: {what}",
        ),
        Rule("non-parseable pom", r"Non-parseable POM (?P<what>.{1,300})", 88, "pom.xml is not valid"),
        Rule(
            "there was a timeout or other error in the fork",
            r"There was a timeout or other error in the fork",
            66,
            "the test JVM did not end in time",
        ),
        Rule(
            "the forked vm terminated",
            r"The forked VM terminated without",
            72,
            "the test JVM crashed",
            "memory? System.exit in a test?",
        ),
        Rule(
            "failed to execute goal",
            r"Failed to execute goal (?P<what>\S{1,200}) \(.{1,80}\) on project (?P<where>\S{1,100}): (?P<why>(?!Compilation failure|There are test failures).{1,400})",
            64,
            "the goal {what} fails in {where}",
        ),
        Rule(
            "failed to execute goal",
            r"Failed to execute goal .{1,300}(?:Compilation failure|There are test failures)",
            36,
        ),
        Rule("there are test failures", r"There are test failures", 26),
        Rule("tests run:", r"Tests run: \d+, Failures: \d+.{0,100}(?:<<<|FAIL)", 38),
        Rule("compilation failure", r"COMPILATION ERROR|Compilation failure", 28),
        Rule(
            "[error]: build step ",
            r"\[error\]: Build step (?P<where>\S{1,200}) threw an exception: (?P<what>.{1,400})",
            86,
            "{what}",
            after=2,
        ),
        Rule("[help ", r"\[ERROR\] (?:-> )?\[Help \d\]", 4),
        Rule("to see the full stack trace of the errors", r"^\[ERROR\] To see the full stack trace", 4),
        Rule("re-run maven using the -x", r"^\[ERROR\] Re-run Maven using the -X", 4),
        Rule("for more information about the errors", r"^\[ERROR\] For more information about the errors", 4),
        Rule("[error] after correcting", r"After correcting the problems", 3),
        Rule("build failed", r"^BUILD FAILED$", 36, after=2),
        Rule("build failure", r"BUILD FAILURE", 16),
    ),
    _explains,
)
