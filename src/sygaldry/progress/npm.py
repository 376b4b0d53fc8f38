"""npm, yarn, pnpm: the package that is fetched, and the numbered steps of yarn."""

import re
from collections.abc import Sequence
from typing import Final

from sygaldry.progress import Parser, Progress
from sygaldry.progress._lines import newest

_YARN: Final = re.compile(
    r"\[(?P<done>\d)/(?P<total>\d)\] (?:\S{1,4} +)?(?P<step>(?:"
    r"(?:Resolving|Fetching|Building fresh|Rebuilding all) packages|Linking dependencies|Validating package"
    r").{0,60})"
)
_PNPM: Final = re.compile(r"Progress: resolved (?P<total>\d+), reused \d+, downloaded \d+, added (?P<done>\d+)")
_FETCH: Final = re.compile(r"npm (?:http|info|sill|timing|verb) (?:fetch )?(?P<step>.{1,120})")


def _read(lines: Sequence[str]) -> Progress | None:
    if found := newest(lines, _PNPM):
        return Progress(int(found[1]["done"]), int(found[1]["total"]), "packages", "", "install", line=found[0])
    if found := newest(lines, _YARN):
        return Progress(
            int(found[1]["done"]) - 1, int(found[1]["total"]), "steps", found[1]["step"], "install", line=found[0]
        )
    if found := newest(lines, _FETCH):
        return Progress(0, 0, "packages", found[1]["step"], "install", line=found[0])
    return None


PARSER: Final = Parser("npm, yarn, pnpm", 48, _read)
