"""Slurm, by its commands with formats of our own: the JSON output changes with every release."""

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from sygaldry.model.batch import BatchJob, Handle, Phase, Resources, SchedulerReport
from sygaldry.model.command import TIMED_OUT, Command, Completed
from sygaldry.schedulers import Scheduler, UnreachableError, _slurm_variables

# A controller that is gone lets every command wait 9 to 18 s; a frozen accounting database lets sacct wait for ever.
_TIMEOUT_S: Final = 25.0
_HISTORY_TIMEOUT_S: Final = 10.0
_LAST_DAY: Final = "2037-12-31"  # a 32-bit time ends soon after
_MOST_LINES: Final = 2_000_000

# https://slurm.schedmd.com/squeue.html#SECTION_JOB-STATE-CODES
_WAITING: Final = ("PENDING", "REQUEUED", "REQUEUE_HOLD", "REQUEUE_FED", "SPECIAL_EXIT", "RESV_DEL_HOLD")
_ACTIVE: Final = (
    "CONFIGURING", "RUNNING", "COMPLETING", "SUSPENDED", "STOPPED", "SIGNALING", "STAGE_OUT", "RESIZING",
)  # fmt: skip
_ENDED: Final = (
    "COMPLETED", "CANCELLED", "FAILED", "TIMEOUT", "OUT_OF_MEMORY", "NODE_FAIL", "PREEMPTED", "BOOT_FAIL", "DEADLINE",
    "REVOKED", "LAUNCH_FAILED",
)  # fmt: skip
_PHASES: Final[Mapping[str, Phase]] = MappingProxyType(
    {
        **dict.fromkeys(_WAITING, Phase.WAITING),
        **dict.fromkeys(_ACTIVE, Phase.ACTIVE),
        **dict.fromkeys(_ENDED, Phase.ENDED),
    }
)

# Answers after which it is unknown whether the job was accepted (a frozen controller accepts and does not answer).
_UNCERTAIN: Final = ("timed out", "communication connection failure", "communications are temporarily")
# What --parsable prints, and what a wrapper that drops the option does.
_SUBMITTED: Final = re.compile(r"(?:Submitted batch job )?(?P<id>[0-9]{1,18})(?:(?:;| on cluster )(?P<cluster>\S+))?")
_GONE: Final = ("invalid job id", "already completing", "job/step already completed")
_NAME: Final = re.compile(r"[A-Za-z0-9._-]{1,24}\.([0-9a-f]{32})")
# https://slurm.schedmd.com/job_array.html: 17, 17_3, and tasks that wait together, 17_[4-9%2]
_IDENTITY: Final = re.compile(r"(\d+)(?:_(?:(\d+)|\[([0-9,:-]+)(?:%\d+)?\]))?")
_BREAK: Final = re.compile(r"[\x00-\x1f\x7f]")
_NO_NODE: Final = "None assigned"  # sacct about a job that never ran
_VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class Slurm:
    """Slurm 20.11 or newer."""

    title = "Slurm"

    def probe(self) -> Command:
        return Command(("sbatch", "--version"), timeout_s=5)

    def version(self, answer: Completed) -> str | None:
        found = re.search(r"slurm(?:-wlm)? (\S+)", answer.out)
        return found.group(1) if answer.ok and found else None

    def script(self, job: BatchJob) -> str:
        return script(job)

    def submit(self, job: BatchJob, script: str, after: Sequence[str] = (), waits_for: str = "") -> Command:
        # https://slurm.schedmd.com/sbatch.html#OPT_dependency: without the second option, a job whose dependency
        # failed stays pending for ever.
        conditions = [*(f"afterok:{each}" for each in after), *([f"afterany:{waits_for}"] if waits_for else [])]
        order = [f"--dependency={','.join(conditions)}", "--kill-on-invalid-dep=yes"] if conditions else []
        clean = _slurm_variables.sbatch(_options(job))
        return Command((*clean, "sbatch", "--parsable", *order, script), timeout_s=_TIMEOUT_S)

    def submitted(self, answer: Completed) -> Handle | None:
        # A site's wrapper around sbatch may print lines of its own. If it is not clear which is the id, the caller
        # looks for the job by its name.
        found = [each for line in answer.out.splitlines() if (each := _SUBMITTED.fullmatch(line.strip()))]
        if answer.ok and len(found) == 1:
            return Handle(found[0]["id"], found[0]["cluster"] or "")
        text = answer.err.lower()
        if answer.ok or answer.returncode == TIMED_OUT or any(sign in text for sign in _UNCERTAIN):
            return None
        raise ValueError(_plain(answer))

    def status(self, user: int) -> Command:
        # -t all: also what ended less than MinJobAge seconds ago.
        form = "--format=%i|%T|%r|%N|%j"
        # Without this variable, a long list of waiting tasks is cut.
        clean = (*_slurm_variables.squeue(), "SLURM_BITSTR_LEN=0")
        return Command((*clean, "squeue", "-h", "-t", "all", f"--user={user}", form), timeout_s=_TIMEOUT_S)

    def history(self, user: int, names: Sequence[str], since: str) -> Command:
        form = "--format=JobID,State,Reason,NodeList,JobName%64"
        # https://slurm.schedmd.com/sacct.html#SECTION_DEFAULT-TIME-WINDOW: without a start, jobs of earlier days are
        # left out; without an end, those that were cancelled before the time of their --begin. root sees all users.
        window = (f"--starttime={since}", f"--endtime={_LAST_DAY}")
        words = ("sacct", "-X", "-n", "-P", "-D", f"--user={user}", *window, f"--name={','.join(names)}", form)
        return Command((*_slurm_variables.sacct(), *words), timeout_s=_HISTORY_TIMEOUT_S)

    def states(self, answer: Completed) -> tuple[SchedulerReport, ...]:
        if not answer.ok:
            raise UnreachableError(_plain(answer))
        return tuple(_reports(answer.out))

    def cancel(self, handle: Handle, name: str, task: int = -1, *, waiting: bool = False) -> Command:
        words = (*_slurm_variables.scancel(), "scancel", *([f"--clusters={handle.cluster}"] if handle.cluster else []))
        if task >= 0:
            # With a filter, 22.05 cancels all tasks that wait together with this one.
            return Command((*words, f"{handle.id}_{task}"), timeout_s=_TIMEOUT_S)
        # The name as well: a restarted controller may have given the id to another user's job.
        only = ["--state=PENDING"] if waiting else []
        return Command((*words, *only, f"--name={name}", handle.id), timeout_s=_TIMEOUT_S)

    def allocation(self, environment: Mapping[str, str]) -> str:
        identity = environment.get("SLURM_JOB_ID", "")
        return f"{self.title} job {identity}" if identity.isdecimal() else ""

    def spread(self, argv: Sequence[str]) -> tuple[str, ...]:
        # The script's own --export=NONE would reach the tasks. -K1: without it, the other tasks survive a failed one.
        return ("srun", "--export=ALL", "--input=none", "--kill-on-bad-exit=1", *argv)

    def task(self, environment: Mapping[str, str]) -> str:
        number = environment.get("SLURM_PROCID", "")
        return number if number.isascii() and number.isdecimal() else ""

    def signal_tasks(self, environment: Mapping[str, str]) -> tuple[str, ...]:
        # srun answers SIGTERM with SIGKILL for its tasks; this reaches the steps of a job and not its script.
        return (*_slurm_variables.scancel(), "scancel", "--signal=SIGNAL", environment.get("SLURM_JOB_ID", ""))

    def keep_ended(self, environment: Mapping[str, str]) -> Command:
        identity = environment.get("SLURM_JOB_ID", "")
        return Command(("scontrol", "update", f"JobId={identity}", "Requeue=0"), timeout_s=_TIMEOUT_S)

    def cancelled(self, answer: Completed) -> str:
        gone = any(sign in answer.err.lower() for sign in _GONE)
        return "" if answer.ok or gone else _plain(answer)


def script(job: BatchJob) -> str:
    """Write the batch script: options, the claim, the place, then the run in the foreground.

    Raises ValueError for an option with a line break, whose rest would be a line of the script.
    """
    options = tuple(_options(job))
    if broken := next((option for option in options if _BREAK.search(option)), ""):
        raise ValueError(f"an option with a control character: {broken!r}")
    lines = ["#!/bin/bash", *(f"#SBATCH {option}" for option in options)]
    lines += [
        f"# Written by Sygaldry: run {job.run} of job {job.job}",
        "set -u",
        f"claim={shlex.quote(job.claim)}",
        *(['claim="$claim.${SLURM_RESTART_COUNT:-0}"'] if job.requeue else []),
        *(['claim="$claim.${SLURM_ARRAY_TASK_ID:?}"'] if job.array else []),
        "# A controller that restarts may start one job twice: only the first start can create this file.",
        """if ! (set -C; printf '%s %s\\n' "$SLURM_JOB_ID" "$(hostname)" >"$claim"); then""",
        """\techo "sygaldry: this run was started before, or its ledger cannot be written: $claim" >&2""",
        "\texit 75",
        "fi",
        f"folder={shlex.quote(job.folder)}",
        "# Slurm starts a job elsewhere, without a word, where its folder does not exist.",
        'if ! cd -P -- "$folder"; then',
        '\techo "sygaldry: $folder does not exist on $(hostname)" >&2',
        "\texit 72",
        "fi",
        *(f"export {name}={shlex.quote(value)}" for name, value in sorted(job.variables.items()) if _is_name(name)),
        f"exec {shlex.join(job.command)}{_started(job)}",
    ]
    return "\n".join(lines) + "\n"


def _started(job: BatchJob) -> str:
    """Pass on which task this is, and how often the scheduler has started it before."""
    task = ' --task "$SLURM_ARRAY_TASK_ID"' if job.array else ""
    return task + (' --restart "${SLURM_RESTART_COUNT:-0}"' if job.requeue else "")


def _options(job: BatchJob) -> Iterator[str]:
    """Write the options in the order of sbatch's manual; the caller's own come last and win."""
    yield f"--job-name={job.name}"
    yield f"--comment=sygaldry:{job.uuid}"
    yield shlex.quote(f"--output={_escaped(job.output)}{'.%a' if job.array else ''}")
    yield "--open-mode=append"
    yield "--export=NONE"
    yield "--requeue" if job.requeue else "--no-requeue"
    if job.time_limit_s:
        yield f"--time={max(1, -(-int(job.time_limit_s) // 60))}"
    if job.warning:
        yield f"--signal=B:{job.warning}@{int(job.warning_s)}"
    if job.avoid:
        yield f"--exclude={','.join(job.avoid)}"
    if job.array:
        yield f"--array={job.array}"
    yield from _resources(job.resources)
    yield from job.resources.extra


def _resources(asked: Resources) -> Iterator[str]:
    named = {
        "partition": asked.partition,
        "account": asked.account,
        "qos": asked.qos,
        "reservation": asked.reservation,
        "constraint": asked.constraint,
        "gres": asked.gres,
        "gpus": asked.gpus,
        "cpus-per-task": asked.cpus,
        "mem": asked.memory,
        "nodes": asked.nodes,
        "ntasks": asked.tasks,
        "begin": asked.begin,
        "nice": asked.nice,
    }
    return (shlex.quote(f"--{name}={value}") for name, value in named.items() if value)


def _reports(text: str) -> Iterator[SchedulerReport]:
    for line in text.splitlines()[:_MOST_LINES]:
        fields = _BREAK.sub("?", line).split("|")
        if len(fields) == 5 and (named := _NAME.fullmatch(fields[4])):
            identity, state, reason, node, _ = fields
            numbers = _IDENTITY.fullmatch(identity)
            if not numbers:
                continue
            word = state.split()[0].rstrip("+") if state.strip() else ""
            by = state.split(" by ")[1] if " by " in state else ""
            phase = _PHASES.get(word, Phase.UNKNOWN)
            tasks = numbers[2] or numbers[3] or ""
            node = "" if node == _NO_NODE else node
            yield SchedulerReport(Handle(numbers[1]), named.group(1), phase, word, reason, node, by, tasks)


def _escaped(path: str) -> str:
    """Keep Slurm from replacing what looks like its patterns. It drops backslashes, which would make another path."""
    return "/dev/null" if "\\" in path else path.replace("%", "%%")


def _is_name(word: str) -> bool:
    return _VARIABLE.fullmatch(word) is not None


def _plain(answer: Completed) -> str:
    """Return Slurm's own words without the program's name before them."""
    if answer.returncode == TIMED_OUT:
        return f"no answer within {_TIMEOUT_S:g} s"
    lines = [line for line in answer.err.splitlines() if line.strip()]
    words = [re.sub(r"^\w+: (error: |fatal: )?", "", line) for line in lines]
    return "; ".join(dict.fromkeys(words))[:300] or f"exit code {answer.returncode}"


SCHEDULER: Final[Scheduler] = Slurm()
