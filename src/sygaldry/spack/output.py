"""Read what Spack's installer prints, and what its stages are called: enough to name a failure and a worker."""

from __future__ import annotations

import re
from dataclasses import dataclass

_LOG = re.compile(r"^\s+(/\S+/spack-build-out\.txt)\s*$", re.MULTILINE)
_ERROR = re.compile(r"^==> (Error: .+)$(?:(?<=:)\n    ('.+)$)?", re.MULTILINE)
_FETCH = re.compile(r"^==> Error: FetchError: .+\n\s+(\S.*)$", re.MULTILINE)
_ROOT_CAUSE = re.compile(r"^\s+>> +\d+\s+(.+)\n((?: {11}\S.*\n)*)", re.MULTILINE)
_STAGE = re.compile(r"spack-stage-(?P<name>.+)-(?P<version>[^-].*)-(?P<hash>[a-z2-7]{32})")
_STAGE_IN_TEXT = re.compile(r"spack-stage-\S+-([a-z2-7]{32})\b")
_PHASE = re.compile(r"spack-build-(\d\d)-(.+)-out\.txt")
_MOVE = re.compile(r"Failed to install (\S+) due to CannotGrowString: Cannot replace b'(/[^']+)' with b'(/[^']+)'")
# Seen with 1.1.0 after a SIGKILL; the second is what Spack makes of losing the last package it waited for.
# The last two appear when a build meets a package that another build holds or has just given up.
_CONTENDED = (
    "LockUpgradeError",
    "Can't call `poll()` before `start()`",
    "LockTimeoutError",
    "is write locked by another process",
    "is marked as an install failure",
)
_INSTALLED = re.compile(r"^==> \S+: Successfully installed \S+-([a-z2-7]{32})$", re.MULTILINE)
_EXTRACTED = re.compile(r"^==> Extracting \S+-([a-z2-7]{32}) from binary cache$", re.MULTILINE)
_NOT_A_CAUSE = ("Installation request failed", "Keyboard interrupt")
# Printed before a cause; alone, it means that another build on the store has marked the package as failed.
_FIRST_FAILURE = "Terminating after first install failure"


@dataclass(frozen=True)
class InstallFailure:
    """Why a build failed: Spack's sentence, the line of the build log it points to, and that log."""

    sentence: str = ""
    line: str = ""
    log: str = ""


def parse_failure(text: str) -> InstallFailure:
    """Find the first failure in what an installer printed."""
    sentences = (" ".join(filter(None, found.groups())) for found in _ERROR.finditer(text))
    sentence = next((each for each in sentences if _is_cause(each)), "")
    if moved := _MOVE.search(sentence):
        sentence = f"{moved[1]} was built in {_store(moved[2])} and cannot move to {_store(moved[3])}, which is longer"
    line, log = _ROOT_CAUSE.search(text), _LOG.search(text)
    # Spack folds long lines at its own width, in the middle of words.
    whole = "".join([line[1], *(each.strip() for each in line[2].splitlines())]) if line else ""
    if not whole and (fetch := _FETCH.search(text)):
        whole = f"cannot fetch {fetch[1]}"
    sentence = sentence.removeprefix("Error: ").removeprefix(f"{_FIRST_FAILURE}: ")
    return InstallFailure(sentence, whole.strip(), log[1] if log else "")


def _is_cause(sentence: str) -> bool:
    return not sentence.endswith(_FIRST_FAILURE) and not any(word in sentence for word in _NOT_A_CAUSE)


def parse_failures(text: str) -> dict[str, InstallFailure]:
    """Find every package that an installer failed at, by hash: what it says of each names that one's stage."""
    found: dict[str, InstallFailure] = {}
    for section in re.split(r"^(?===> )", text, flags=re.MULTILINE):
        if section.startswith("==> Error: ") and (stage := _STAGE_IN_TEXT.search(section)):
            found.setdefault(stage[1], parse_failure(section))
    return found


def installed_here(text: str) -> frozenset[str]:
    """List the hashes of the packages that an installer installed itself, from source or from a cache."""
    return frozenset(_INSTALLED.findall(text)) | frozenset(_EXTRACTED.findall(text))


def is_contended(text: str) -> bool:
    """Tell a lock conflict with an interrupted build from a real failure.

    Every waiting build then holds the read lock and wants the write lock, which none can get. The package itself is
    fine: a later attempt succeeds.
    """
    return any(word in text for word in _CONTENDED)


def _store(prefix: str) -> str:
    """Cut platform and package off a prefix."""
    return prefix.rsplit("/", 2)[0]


def stage_hash(folder: str) -> str:
    """Read the package's hash out of the name of a stage; empty if it is no stage."""
    found = _STAGE.fullmatch(folder)
    return found["hash"] if found else ""


def phase_of(file_names: tuple[str, ...]) -> str:
    """Derive the phase from the live logs in a stage: the highest number is the running one."""
    found = sorted((match[1], match[2]) for name in file_names if (match := _PHASE.fullmatch(name)))
    return found[-1][1] if found else "fetch"
