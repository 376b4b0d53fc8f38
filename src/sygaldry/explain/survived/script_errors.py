"""Programs that a job's script did not find and went on without: `conda`, `module`, set-up of another machine."""

from collections.abc import Sequence
from typing import Final

from sygaldry.diagnosis import Facts
from sygaldry.explain.match_rules import Match
from sygaldry.model.lazy_pattern import lazy_pattern

# A shell names its script and the line; for `sh -c` of make or docker it names itself. A login shell, whose name
# starts with a hyphen, reads one command after the other.
_SCRIPT: Final = lazy_pattern(
    r"^(?:-(?:ba|da|z|k)?sh: |(?!(?:/\S{1,80}/)?(?:ba|da|z|k)?sh: )\S{1,300}: line \d{1,6}: )\S{1,100}: command not found$"
)
_CODES: Final = frozenset({126, 127})
NOT_FOUND: Final = lazy_pattern(r"\b(?:Error|code|status|exited)\W{1,3}12[67]\b")
# `python -m build` of a module that is not there: not the cause if a later command of the step failed for a reason.
_MODULE: Final = lazy_pattern(r"^\S{0,200}python[\d.]{0,6}(?:\.exe)?: No module named \S{1,100}$")
_REASON: Final = 70  # a rule of this weight names a reason of its own
_ENDS: Final = 20  # rules of at most this weight in family `ci` mark where a step ends
_FOLLOW: Final = 1  # line after it that shows that the script went on


def went_on(hits: Sequence[Match], lines: int, facts: Facts) -> frozenset[int]:
    """Return the lines that report a program which was not found, where the script of the job did not stop there."""
    modules = _modules(hits, lines)
    if facts.code is None or facts.code in _CODES or any(NOT_FOUND.search(each.hit.line.text) for each in hits):
        return modules
    return modules | {
        each.hit.line.number
        for each in hits
        if lines - each.hit.line.number >= _FOLLOW and _SCRIPT.match(each.hit.line.text)
    }


def _modules(hits: Sequence[Match], lines: int) -> frozenset[int]:
    """Return the lines that report a missing module, where a later command of the same step failed for a reason."""
    found = [each.hit.line.number for each in hits if _MODULE.match(each.hit.line.text)]
    if not found:
        return frozenset()
    ends = sorted(each.hit.line.number for each in hits if each.name == "ci" and each.hit.rule.weight <= _ENDS)
    reasons = [each.hit.line.number for each in hits if each.hit.rule.weight >= _REASON]

    def is_survived(number: int) -> bool:
        end = next((at for at in ends if at > number), lines)
        return any(number < reason <= end and reason not in found for reason in reasons)

    return frozenset(filter(is_survived, found))
