"""A log whose last lines report a success: where the exit code is unknown, an error in it may mean nothing."""

from collections.abc import Sequence
from typing import Final

from sygaldry.explain.scan import Raw
from sygaldry.explain.text import clean
from sygaldry.model.lazy_pattern import lazy_pattern

_LAST: Final = 8  # lines with text at the end that are looked at
_SHAPES: Final = (
    r"^Successfully (?:built|tagged|installed) \S",
    r"^=+ (?!.*(?:failed|error)).*\b\d+ (?:passed|tests? collected)\b.* =+$",  # pytest
    r"^\s*congratulations :\)$",  # tox
    r"^100% tests passed, 0 tests failed\b",  # CTest
    r"^OK(?: \(skipped=\d+\))?$",  # unittest
    r"^-- Build files have been written to: ",  # CMake
    r"^INFO: Build completed successfully\b",  # Bazel
    r"^\[INFO\] BUILD SUCCESS|^BUILD SUCCESSFUL\b",  # Maven, Gradle
    r"^#\d+ (?:DONE \d|exporting to image)|^[0-9a-f]{64}$",  # BuildKit, podman
    r"^\[\+\] /\S+$",  # Spack
    r"^build succeeded\b|^The HTML pages are in ",  # Sphinx
    r"^.{0,60}\b(?:finished|completed|done|succeeded)\b.{0,20}\b(?:0|no|without) errors?\W*$",
    r"^(?:Build|Job|Run|Deployment|(?:\w+ )?[Tt]ests?|All \w+(?: \w+)?) (?:completed|succeeded|passed)(?: successfully)?(?:\W(?!.*(?i:fail|error|warn)).*)?$",
    r"^Job succeeded$|^Finished: SUCCESS$",  # GitLab, Jenkins
)
_SUCCESS: Final = lazy_pattern("|".join(_SHAPES))


def reports_success(tail: Sequence[Raw]) -> bool:
    """Return whether a tool reports a success in the last lines of a log."""
    texts = [text for raw in tail if (text := clean(raw.raw)).strip()]
    return any(_SUCCESS.search(text) for text in texts[-_LAST:])
