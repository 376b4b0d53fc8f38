"""Find what is wrong with the GPUs of this machine, or of a saved snapshot, and how to fix it."""

import os
import stat
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from sygaldry.flows.gpu.collect import collect, load
from sygaldry.gpu import checks
from sygaldry.gpu.checks import Step
from sygaldry.gpu.diagnose import Diagnosis, diagnose, judge_text
from sygaldry.gpu.facts import read
from sygaldry.gpu.report_lines import diagnosis_data, diagnosis_lines, script
from sygaldry.host.run import run
from sygaldry.model.command import Command, Completed
from sygaldry.model.errors import NotFoundError, UsageError
from sygaldry.model.report import Report

_TO_REPLACE = ("INDEX", "UUID", "ADDRESS", "IMAGE")
_MOST_LOG_BYTES = 2 * 2**20
_MOST_PIECES = 64  # of a pipe or a device


@dataclass(frozen=True)
class Request:
    """What to diagnose and what to do about it."""

    saved: str = ""
    logs: tuple[str, ...] = ()
    here: bool = False  # the logs were printed on this machine
    verbose: bool = False
    fix: bool = False
    apply: bool = False


def gpu_diagnose(request: Request, *, ask: Callable[[str], bool] | None = None) -> Report:
    """Diagnose this machine, a snapshot, or a text alone; the exit code is the verdict."""
    diagnosis = _diagnosed(request)
    if request.apply:
        return _apply(diagnosis, request, ask or _ask_on_terminal)
    lines = script(diagnosis) if request.fix else diagnosis_lines(diagnosis, verbose=request.verbose)
    return Report(diagnosis_data(diagnosis), lines, exit_code=diagnosis.exit_code)


def _diagnosed(request: Request) -> Diagnosis:
    """Judge a text apart from the machine that it is pasted on, unless the caller says that it was printed there."""
    text = "\n".join(map(_log, request.logs))
    if request.logs and not request.saved and not request.here:
        return judge_text(text, checks.every())
    recording = load(request.saved) if request.saved else collect()
    if request.logs and recording.probes == ():
        return judge_text(text, checks.every())  # a snapshot without facts
    messages = "\n".join(filter(None, (recording.messages, text)))
    return diagnose(read(replace(recording, messages=messages)), checks.every())


def may_apply(step: Step, running: Callable[[], int]) -> str:
    """Return why a step is not for us to do; empty if it is."""
    if step.by_hand:
        return "by hand"
    if any(word in step.text for word in _TO_REPLACE):
        return "a word in capitals must be replaced first"
    if step.text.startswith(("export ", "unset ", "echo $")):
        return "it concerns your own shell"
    if "purge" in step.text or ("remove" in step.text.split() and "nvidia" in step.text):
        return "a driver is never removed by Sygaldry"
    if "restart" in step.text and any(engine in step.text for engine in ("docker", "containerd", "podman")):
        count = running()
        return f"{count} containers are running, and a restart of the engine may end them" if count else ""
    return ""


def _apply(diagnosis: Diagnosis, request: Request, ask: Callable[[str], bool]) -> Report:
    if request.saved or (request.logs and not request.here):
        raise UsageError("--apply fixes this machine; a snapshot is of another", hint="print the script: --fix")
    lines = list(diagnosis_lines(diagnosis))
    for finding in diagnosis.roots:
        for step in finding.steps:
            refusal = may_apply(step, _running_containers)
            if refusal:
                lines.append(f"left to you ({refusal}): {step.command}")
            elif not ask(f"{finding.check.id}: run `{step.command}`?"):
                lines.append(f"not run: {step.command}")
            else:
                answer = _run_step(step)
                lines.append(f"ran: {step.command} -> {answer.returncode} {answer.last_line}".rstrip())
                if not answer.ok:
                    break
    lines.append("check again: sygaldry gpu diagnose")
    return Report(diagnosis_data(diagnosis), tuple(lines), exit_code=diagnosis.exit_code)


def _run_step(step: Step) -> Completed:
    # The catalogue's own words, some with a redirection or a pattern; nothing of the machine's is in them.
    prefix = ("sudo",) if step.root and os.getuid() != 0 else ()
    return run(Command((*prefix, "bash", "-c", step.text), timeout_s=1800))


def _running_containers() -> int:
    answer = run(Command(("docker", "ps", "--quiet"), timeout_s=10))
    return len(answer.out.split()) if answer.ok else 0


def _ask_on_terminal(question: str) -> bool:
    if not os.isatty(0):
        raise UsageError("--apply asks before each step and needs a terminal", hint="print the script instead: --fix")
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _log(path: str) -> str:
    if path == "-":
        return _tail(sys.stdin.buffer)
    try:
        with Path(path).open("rb") as file:
            status = os.fstat(file.fileno())
            if stat.S_ISREG(status.st_mode):
                file.seek(max(0, status.st_size - _MOST_LOG_BYTES))
            return _tail(file)
    except OSError as error:
        raise NotFoundError(f"cannot read the log {path}: {error.strerror}", hint=f"ls -l {path}") from error


def _tail(file: BinaryIO) -> str:
    """Return the end of a text, where a failure is printed; what never ends is cut."""
    kept = b""
    for _ in range(_MOST_PIECES):
        piece = file.read(_MOST_LOG_BYTES)
        if not piece:
            break
        kept = (kept + piece)[-_MOST_LOG_BYTES:]
    return kept.decode(errors="replace")
