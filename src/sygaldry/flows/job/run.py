"""Start a job: plan its launch, write down what it is, and leave a process behind that carries it out."""

import contextlib
import json
import os
import shlex
import time
from collections.abc import Mapping
from dataclasses import asdict
from typing import Final

from sygaldry import runtimes
from sygaldry.flows.job.lookup import boot_id, boottime, jobs_folder, look
from sygaldry.flows.job.runner import runner
from sygaldry.flows.job.runner.final_state import settle
from sygaldry.flows.launch.plan import Plan, plan_launch
from sygaldry.flows.launch.request import Request
from sygaldry.flows.storage.project import prepare_storage
from sygaldry.host import files
from sygaldry.host.daemonize import detach
from sygaldry.host.ports import check_ports
from sygaldry.jobs import events
from sygaldry.jobs.limits import Limits
from sygaldry.jobs.paths import Names, check_job, new_run, newest_run
from sygaldry.jobs.status_line import status_line
from sygaldry.model.command import Command
from sygaldry.model.container_environment import SYGALDRY
from sygaldry.model.errors import StorageError, UsageError
from sygaldry.model.machine import Machine
from sygaldry.model.report import Report
from sygaldry.model.value import replace
from sygaldry.supervisor.ledger import now

_SUPERVISE: Final = f"{SYGALDRY}/src/sygaldry/supervisor/supervise.py"
_FOLDER: Final = "/opt/bazel_cache/zephyr_jobs"
_PROGRAM: Final = f"import sys; sys.path[:0] = ['{SYGALDRY}/src']; from sygaldry.jobs.%s import main; main()"
_JUDGE: Final = ("-I", "-S", "-c", _PROGRAM % "judge", "LOG", "CODE")
_OBSERVE: Final = ("-I", "-S", "-c", _PROGRAM % "observe", "FOLDER", "JOB", "RUN", "ATTEMPT", "BEGAN")


def job_run(request: Request, machine: Machine, job: str, limits: Limits) -> Report:
    """Start a job and return as soon as it is written down. Raises UsageError for what cannot be started."""
    check_job(job)
    for other in limits.after:
        check_job(other)
    argv = _argv(request.command)
    folder = jobs_folder(request.resolved, request.workspace)
    if request.resolved.settings.container_name:
        raise UsageError("--container-name is for launches; a job is found by its own name", hint="--job NAME")
    plan = _planned(request, machine, "plan", None)
    if plan.workspace.ports:
        check_ports(plan.workspace.ports)
    prepare_storage(plan.found, plan.workspace.identity)
    files.make_folder(folder)
    with files.locked(f"{folder}/.{job}.lock"):
        _check_free(folder, job)
        names = _named(folder, job)
        with files.locked(names.host_lock) as lock:
            try:
                _write_down(names, argv, limits, plan, request)
            except StorageError:
                _forget(names)
                raise

            def planned(rejected_runtimes: Mapping[str, str] | None) -> Plan:
                spec = os.path.basename(names.spec)
                return _as_job(_planned(request, machine, spec, rejected_runtimes), names, machine)

            held = lock or -1
            detach(lambda: runner.carry_out(names, request, planned, limits, held), names.runner, (held,))
    line = f"job {job} started, run {names.run}"
    tool = f"sygaldry job wait --project-id {plan.found.storage.project} --job {job}"
    data = {"job": job, "run": names.run, "folder": folder, "log": names.log(), "status": names.status}
    return Report(data, (line,), (f"next: {tool}", *plan.notes))


def _argv(command: tuple[str, ...]) -> tuple[str, ...]:
    if not command:
        raise UsageError("which command?", hint="sygaldry job run --job NAME -- COMMAND ...")
    if any("\0" in word for word in command):
        raise UsageError("a command cannot hold a NUL byte")
    return command if len(command) > 1 else ("bash", "-lc", command[0])


def _planned(request: Request, machine: Machine, spec: str, rejected_runtimes: Mapping[str, str] | None) -> Plan:
    command = ("python3", "-I", "-S", _SUPERVISE, f"{_FOLDER}/{spec}")
    asked = replace(request, command=command, interactive=False, terminal=False)
    return plan_launch(asked, machine, dict(rejected_runtimes or {}))


def _as_job(plan: Plan, names: Names, machine: Machine) -> Plan:
    labels = {
        **plan.workspace.labels,
        "dev.sygaldry.kind": "job",
        "dev.sygaldry.job": names.job,
        "dev.sygaldry.run": names.run,
    }
    workspace = replace(plan.workspace, labels=labels, detached=True)
    return replace(plan, workspace=workspace, start=runtimes.get(plan.runtime.name).launch(workspace, machine))


def _check_free(folder: str, job: str) -> None:
    if run := newest_run(folder, job):
        seen = look(Names(folder, job, run))
        if not seen.truth.state.final:
            raise UsageError(
                f"job {job!r} is at work already: run {run} is {seen.truth.state}",
                hint=f"wait for it, or: sygaldry job stop --job {job}; or use another name",
            )
        settle(seen)


def _named(folder: str, job: str) -> Names:
    """Name a run that no other has; its ledger is what makes the name taken."""
    stamp = time.time_ns()
    newest = newest_run(folder, job)
    while True:
        names = Names(folder, job, new_run(stamp))
        stamp += 1_000_000
        if names.run <= newest < new_run(time.time_ns() + 10**9 * 86400):
            continue  # the clock was set back a little: the newest run still sorts last
        try:
            os.close(os.open(names.events, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        except FileExistsError:
            continue
        except OSError as error:
            raise StorageError(
                f"cannot write {names.events}: {error.strerror}", hint="sygaldry storage show"
            ) from error
        return names


def _write_down(names: Names, argv: tuple[str, ...], limits: Limits, plan: Plan, request: Request) -> None:
    """Leave everything that the supervisor needs and that people will ask for; values of variables are not kept."""
    spec = {"v": events.SCHEMA, "job": names.job, "run": names.run, "argv": list(argv), **asdict(limits)}
    spec["directory"] = plan.workspace.directory
    try:
        files.replace(names.spec, json.dumps({**spec, "judge": list(_JUDGE), "observe": list(_OBSERVE)}))
        os.mkfifo(names.control, 0o600)
        events.Events(names.events).append(
            "submitted",
            0,
            command=shlex.join(request.command),
            runtime=plan.runtime.name,
            image=plan.workspace.image,
            entrypoint=plan.entrypoint.name,
            variables=list(plan.workspace.passed),
            gpu=str(plan.gpus.line),
            commit=_commit(request.workspace),
            retries=limits.retries,
            host=os.uname().nodename,
            boot_id=boot_id(),
            boottime_s=round(boottime(), 3),
        )
    except OSError as error:
        raise StorageError(f"cannot write {names.base}: {error.strerror}", hint="sygaldry storage show") from error
    state = "QUEUED" if limits.after or limits.slots else "START"
    fields = {"job": names.job, "run": names.run, "ts": now()[:19] + "Z", "state": state, "rc": "-", "up": "0s"}
    files.replace(names.status, status_line(fields))


def _forget(names: Names) -> None:
    """Take back what was written of a run that cannot be: it never existed."""
    for path in (names.spec, names.control, names.host_lock, names.events):
        with contextlib.suppress(OSError):
            os.unlink(path)


def _commit(workspace: str) -> str:
    from sygaldry.host.run import run

    asked = run(Command(("git", "-C", workspace, "rev-parse", "HEAD"), timeout_s=2))
    return asked.out.strip() if asked.ok else ""
