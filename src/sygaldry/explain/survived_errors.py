"""Errors that a job most likely survived: it went on, and something unrelated failed later.

A script that does not stop at errors prints those of its set-up and of its clean-up like any other. Most of them are from
small programs, which look, move and delete: what they did not find was often not expected to be there.
"""

import re
from bisect import bisect_left
from collections.abc import Container, Sequence
from functools import lru_cache
from typing import Final

from sygaldry.diagnosis import Kind
from sygaldry.diagnosis._wrappers import is_wrapper
from sygaldry.explain.match_rules import Match
from sygaldry.explain.run_ends import run_ends
from sygaldry.explain.script_errors import NOT_FOUND

_MINOR: Final = re.compile(
    r"^(?:\S{1,200}: line \d{1,6}: |\S{1,200}: \d{1,6}: )?(?:"
    r"(?:/\S{1,80}/)?(?:rm|rmdir|mkdir|ls|cat|cp|mv|ln|chmod|chown|touch|find|grep|which|tput|stty|kill|pkill|killall"
    r"|umount|mount|du|df|stat|readlink|realpath|basename|head|tail|tee|test|nvidia-smi|lsb_release|hostname|sudo"
    r"|systemctl|ldconfig|groupadd|useradd|getent|ulimit|sysctl|modprobe|strip|xauth|xset|xhost): "
    r"|(?:module|ml|conda|mamba|nvidia-smi|rocm-smi|tput|sudo|lsb_release|clear|hostname|git): (?:command )?not found"
    r"|fatal: (?:not a git repository|No names found|no tag exactly matches|unsafe repository|detected dubious ownership"
    r"|ref HEAD is not a symbolic ref|no upstream configured|HEAD does not point to a branch)"
    r"|Lmod has detected the following error|The following module\(s\) are unknown|Unable to locate a modulefile"
    r"|Error(?: response from daemon)?: No such (?:container|image|network|volume|object)"
    r"|Package \S{1,80} was not found in the pkg-config search path|No package '[^']{1,80}' found"
    r"|(?:\[[\w.:-]{1,80}\] )?(?:mca_base_component_|MESA-LOADER|libE?GL error|libEGL warning)"
    r"|Failed to initialize NVML|NVIDIA-SMI has failed"
    r"|CommandNotFoundError: Your shell has not been properly configured"
    r")"
)
# A make file's $(shell) and a probe look for programs by name. A command of a rule ends make instead, which reports 127.
_LOOKED_UP: Final = re.compile(
    r"^(?:g?make(?:\[\d{1,3}\])?|(?:/bin/)?(?:ba|da)?sh: (?:line )?\d{1,6}): \S{1,80}: "
    r"(?:[Cc]ommand not found|not found|No such file or directory)$"
)
# What autoconf, CMake, meson and distutils compile to find out what there is.
_PROBE: Final = re.compile(r"(?:^|/)(?:(?:conftest|testfile|_configtest)\.\w{1,4}|CheckSymbolExists\.cx{0,2})[:(]")
# Families whose failures a script often expects. The first error of a compiler or of a test leads its others instead.
_SET_UP: Final = frozenset(
    {"docker", "packages", "storage", "network", "git", "shell", "programs", "gpu", "infrastructure", "slurm", "web"}
)
# What is not there may be what an earlier step did not make.
_ABSENT: Final = re.compile(
    r"(?i)no such file|not found|does not exist|cannot stat|no rule to make|no targets specified|cannot find|can't open"
    r"|could not find|cannot open|no module named|missing"
)
_WORD: Final = re.compile(r"[A-Za-z_][\w.+-]{3,}")
_SEPARATOR: Final = re.compile(r"[._-]")
_COMMON: Final = frozenset(
    {
        *("error", "errors", "fatal", "failed", "failure", "cannot", "could", "found", "file", "files", "such", "this"),
        *("directory", "with", "from", "line", "command", "make", "build", "that", "local", "home", "work", "include"),
        *(
            "python",
            "python3",
            "root",
            "main",
            "unable",
            "open",
            "shared",
            "object",
            "repository",
            "component",
            "module",
        ),
        *("library", "libraries", "package", "version", "install", "installed", "requires", "required", "invalid"),
        *("missing", "exist", "exists", "because", "status", "code", "exit", "exited", "process", "running"),
        *("expected", "value", "type", "name", "import", "config", "system", "search", "path", "load", "read", "write"),
        *(
            "access",
            "http",
            "https",
            "github",
            "which",
            "when",
            "have",
            "been",
            "does",
            "data",
            "user",
            "server",
            "host",
        ),
    }
)
_SHORTEST: Final = 4  # letters of a word that two messages share not by accident
_OWN: Final = 50  # a rule of this weight tells that something failed
_REASON: Final = 70  # a rule of this weight names a reason of its own
_REPORT: Final = 8  # lines in which make reports that a program was not found
_GAP: Final = 4  # lines between two errors of which the second may follow from the first
_NEAR_END: Final = 300
_MOST: Final = 60  # later errors that one is compared with
_MINOR_COST: Final = 30
_WENT_ON_COST: Final = 16
_RUN_COST: Final = 24
_ABSENT_COST: Final = 10  # where the later error may follow from the first


def cost_of_survival(
    hits: Sequence[Match], everything: Sequence[Match], failing: Container[int], end: int
) -> dict[int, int]:
    """Return what is taken from the scores of those of the `hits` that the job most likely survived.

    `everything` includes the reports of tools that they failed. `failing` are the numbers of the lines that may be of
    the step that failed, which ends at line `end`.
    """
    reported = frozenset(each.hit.line.number for each in everything if NOT_FOUND.search(each.hit.line.text[:600]))
    runs = run_ends(everything)
    minor = {each.hit.line.number for each in hits if _is_minor(each, reported)}
    own = [
        each
        for each in hits
        if each.hit.rule.weight >= _OWN
        and each.hit.line.number in failing
        and each.hit.line.number not in minor
        and not is_wrapper(each.hit.line.text)
    ]
    last = [each for each in own if each.hit.rule.weight >= _REASON and 0 <= end - each.hit.line.number <= _NEAR_END]
    found = {each.hit.line.number: _cost(each, minor, own[-_MOST:], last[-_MOST:], runs) for each in hits}
    return {number: cost for number, cost in found.items() if cost}


def _cost(each: Match, minor: Container[int], own: Sequence[Match], last: Sequence[Match], runs: Sequence[int]) -> int:
    number = each.hit.line.number
    if each.hit.rule.kind is Kind.RESOURCES:
        return 0
    if number in minor:
        return _MINOR_COST if any(not _is_related(each, other) for other in own) else 0
    later = [other for other in last if other.hit.line.number >= number + _GAP and not _is_related(each, other)]
    ended = _run_end(number, runs)
    if ended and not all(_is_about_absence(other) for other in later if other.hit.line.number >= ended + _GAP):
        return _RUN_COST
    later = [other for other in later if other.name != each.name] if each.name in _SET_UP else []
    if not later:
        return 0
    return _ABSENT_COST if all(map(_is_about_absence, later)) else _WENT_ON_COST


def _is_minor(each: Match, reported: Container[int]) -> bool:
    text, number = each.hit.line.text.lstrip(), each.hit.line.number
    if each.hit.rule.kind is Kind.RESOURCES:
        return False
    if _LOOKED_UP.match(text):
        return not any(line in reported for line in range(number, number + _REPORT))
    return bool(_MINOR.match(text) or _PROBE.search(text[:200]))


def _is_about_absence(each: Match) -> bool:
    return bool(_ABSENT.search(each.hit.line.text))


def _run_end(number: int, runs: Sequence[int]) -> int:
    """Return the line that ends the run of a line, or 0."""
    at = bisect_left(runs, number)
    return runs[at] if at < len(runs) else 0


def _is_related(one: Match, other: Match) -> bool:
    """Return whether two messages are about the same thing."""
    return not _words(one.hit.line.text).isdisjoint(_words(other.hit.line.text))


@lru_cache(4_096)
def _words(text: str) -> frozenset[str]:
    words = (word.lower() for word in _WORD.findall(text[:400]))
    parts = (part.removeprefix("lib") for word in words for part in (word, *_SEPARATOR.split(word)))
    return frozenset(part for part in parts if len(part) >= _SHORTEST) - _COMMON
