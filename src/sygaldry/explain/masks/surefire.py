"""Maven Surefire, Gradle and ScalaTest: the output of a test class that passes."""

from typing import Final

from sygaldry.explain.masks import Mask

MASK: Final = Mask(
    "Surefire and Gradle",
    (b"Running ", b"Tests run:", b" PASSED", b" SKIPPED", b" > "),
    passes=r"^(?:\[INFO\] |\[WARNING\] )?Tests run: \d{1,7}, Failures: 0, Errors: 0|^.{1,200} > .{1,200} (?:PASSED|SKIPPED)$",
    opens=r"^(?:\[INFO\] )?Running [\w.$]{3,200}$|^.{1,200} > .{1,200} STARTED$",
    fails=r"Tests run: .{0,60}<<< (?:FAILURE|ERROR)|^.{1,200} > .{1,200} FAILED$",
)
