"""The ends of the runs that one log holds: a tool reported that it failed, and the log goes on with another run.

Jobs append to one file, and a person tries again in one terminal. The exit code is that of the last run.
"""

from collections.abc import Sequence
from typing import Final

from sygaldry.explain.match_rules import Match
from sygaldry.model.lazy_pattern import lazy_pattern

# Each is the last that its tool prints.
_END: Final = lazy_pattern(
    r"^(?:\S{0,80}/)?make: \*\*\* .{1,300}(?:\S{1,12} \d{1,3}|Stop\.|Aborted|fault|Killed)(?: \(core dumped\))?$|^ninja: build stopped: | fatal error LNK1120: |^-- Configuring incomplete, errors occurred"
    r"|^(?:#\d{1,5} )?(?:ERROR: )?(?:failed to build: )?failed to solve: |returned a non-zero code: \d|building at STEP "
    r"|^(?:FAILED: Build did NOT|ERROR: Build did NOT) |^error: could not compile |^error: aborting due to "
    r"|^=+ .{0,120}\b\d{1,6} (?:failed|errors?)\b.{0,80} in [\d.]+s.{0,20}=+$"
    r"|^FATAL:   While performing build|^srun: error: .{1,160}: tasks? .{1,80}: Exited with exit code"
    r"|^slurmstepd: error: \*\*\* JOB .{1,80} CANCELLED|^==> Error: (?:Installation request failed|Failed to install )"
    r"|^(?:× )?(?:Encountered error while|error: metadata-generation-failed)|^ERROR: (?:No matching distribution found|Failed to build )"
    r"|^BUILD FAILED\b|^FAILURE: Build failed|^npm (?:ERR!|error) A complete log of this run"
)


# With -k or -j, make reports one failed target after the other.
_TARGET: Final = lazy_pattern(r"^(?:\S{0,80}/)?make: \*\*\* \[")
_GOES_ON: Final = lazy_pattern(r"\bnot remade because of errors\b|\bWaiting for unfinished jobs\b|^make: Keep going\b")

_RUNS: Final = 5  # more failed targets are those of one run


def run_ends(hits: Sequence[Match]) -> list[int]:
    """Return the numbers of the lines that end a run, in their order."""
    ends = [each for each in hits if _END.search(each.hit.line.text[:600])]
    targets = sum(bool(_TARGET.match(each.hit.line.text)) for each in ends)
    if targets > _RUNS or any(_GOES_ON.search(each.hit.line.text[:600]) for each in hits):
        ends = [each for each in ends if not _TARGET.match(each.hit.line.text)]
    return [each.hit.line.number for each in ends]
