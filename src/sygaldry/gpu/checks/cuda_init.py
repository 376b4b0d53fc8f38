"""Does CUDA start at all?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, root, user
from sygaldry.gpu.cuda_codes import code_name
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import NotApplicableError, known

# codes that another entry of the catalogue always judges
_OWN_ENTRY: Final = frozenset({3, 34, 46, 100, 101, 214, 304, *range(802, 811)})


def _judge(facts: Facts) -> Evidence | None:
    answer = known(facts.cuda)
    meaning = code_name(answer.code)
    if answer.code in _OWN_ENTRY:
        raise NotApplicableError(f"another entry judges the answer {answer.code}")
    if answer.code == 0 or not meaning:
        return None  # a code that cuda.h does not list is a verdict of its own
    return Evidence(f"cuInit of {answer.loaded or 'libcuda.so.1'} answers {answer.code} ({meaning})")


CHECK: Final = Check(
    id="cuda.init",
    title="CUDA does not start",
    severity=Severity.BLOCKS,
    why="cuInit is the first call of every CUDA program. Its answer is not 0, so none of them works here.",
    steps=(user("sygaldry gpu diagnose --verbose"), root("dmesg | grep -E 'NVRM|Xid' | tail")),
    source="cuda.h CUresult",
    judge=_judge,
)
