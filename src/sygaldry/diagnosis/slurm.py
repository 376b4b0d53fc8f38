"""Slurm's own programs: requests that the controller refuses, steps that cannot start, tasks that ended."""

from itertools import takewhile
from typing import Final

from sygaldry.diagnosis import Explanation, Family, Hit, Kind, Rule, Window

_CLIENT: Final = r"^(?:srun|sbatch|salloc): error: "
# A row of sacct's table, and what seff prints for one job: https://slurm.schedmd.com/sacct.html#SECTION_JOB-STATE-CODES
_ACCOUNTED: Final = r"^\d{1,12}(?:[._+]\w{1,20})? .{0,200}\b"
_STATES: Final = (
    ("out_of_me", "OUT_OF_MEMORY", "the job used more memory than Slurm granted", "ask for more (--mem)"),
    ("timeout", "TIMEOUT", "the job reached its time limit", "ask for more (--time)"),
)
_ERROR: Final = ("srun: error: ", "sbatch: error: ", "salloc: error: ")
_ABOVE: Final = 3
_REFUSALS: Final = (
    "batch job submission failed: ",
    "unable to allocate resources: ",
    "failed to allocate resources: ",
    "unable to create step for job ",
    "unable to confirm allocation for job ",
)


def _explains(hit: Hit, window: Window) -> Explanation | None:
    """A site's own rules print why they refuse a job in the lines above the refusal."""
    if not any(word in hit.line.text.lower() for word in _REFUSALS):
        return Explanation((hit.line,))
    near = reversed(window.lines[max(window.index - _ABOVE, 0) : window.index])
    above = [line for line in takewhile(lambda line: line.text.startswith(_ERROR), near) if line.text != hit.line.text]
    reasons = [line for line in reversed(above) if not any(word in line.text.lower() for word in _REFUSALS)]
    what = hit.line.text.partition("error: ")[2]
    says = "; ".join([line.text.partition("error: ")[2].rstrip(" .") for line in reasons] + [what])
    return Explanation((*reasons, hit.line), says=f"Slurm refuses the job: {says}")


FAMILY: Final = Family(
    "Slurm",
    (
        *(Rule(word, _CLIENT + r"(?P<what>.{3,400})", 86, "Slurm refuses the job: {what}") for word in _REFUSALS),
        Rule(
            "slurm controller",
            r"Unable to contact slurm controller",
            86,
            "the Slurm controller does not answer",
            "scontrol ping; try again later",
            Kind.TRANSIENT,
        ),
        Rule(
            "does not look like a batch script",
            r"^sbatch: error: This does not look like a batch script.{0,200}",
            86,
            "the job script has no first line that names its interpreter",
            "begin it with #!/bin/bash",
        ),
        Rule(
            "execve(): ",
            r"slurmstepd: error: execve\(\): (?P<what>[^:]{1,300}): (?P<why>.{3,120})",
            88,
            "the step cannot start {what}: {why}",
        ),
        # A task of several that ended by a signal; the signal's own report outranks it.
        Rule("task", r"^srun: error: \S{1,160}: tasks? [\d,\[\]-]{1,80}: (?:Terminated|Aborted|Killed)\b", 38),
        Rule(
            "segmentation fault",
            r"^srun: error: \S{1,160}: tasks? [\d,\[\]-]{1,80}: Segmentation fault",
            76,
            "a task crashed with a segmentation fault",
        ),
        *(
            Rule(word, rf"^State: {name}\b|{_ACCOUNTED}{name[:9]}\S*", 84, says, remedy, Kind.RESOURCES)
            for word, name, says, remedy in _STATES
        ),
        Rule("state: ", r"^State: (?:FAILED|CANCELLED|NODE_FAIL|COMPLETED)\b", 24),
        Rule("failed", _ACCOUNTED + r"(?:FAILED|CANCELLED)\S* ", 24),
        Rule("due to task failure", r"\*\*\* STEP \S{1,40} ON .{1,120} DUE TO TASK FAILURE", 38),
        Rule("job step aborted", r"^srun: Job step aborted", 26),
        Rule("terminat", r"^srun: (?:Force )?Terminat(?:ing|ed) StepId", 22),
        Rule("srun: fatal: ", r"^srun: fatal: (?P<what>.{3,300})", 82, ""),
        Rule(": error: ", _CLIENT + r"(?P<what>.{3,300})", 72, ""),
    ),
    _explains,
)
