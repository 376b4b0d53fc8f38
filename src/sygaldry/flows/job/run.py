"""Start a job: plan its launch, record it, and leave a detached process that runs it."""

import contextlib
import dataclasses
import json
import os
import shlex
import time
from dataclasses import asdict
from functools import partial
from typing import Any, Final

from sygaldry import schedulers
from sygaldry.flows.job.batch.options import (
    NO_OPTIONS,
    BatchOptions,
    BatchRequest,
    check_array,
    check_options,
    resources_of,
)
from sygaldry.flows.job.batch.submit import submit
from sygaldry.flows.job.lookup import find_run, inspect_run, jobs_folder, latest_run
from sygaldry.flows.job.notify import check_channels, start_notifier
from sygaldry.flows.job.planner import plan_supervised, run_planner
from sygaldry.flows.job.record import (
    append_record,
    create_run_folder,
    link_outputs,
    run_files,
    start_lock,
    write_status,
)
from sygaldry.flows.job.restart import restart_queued
from sygaldry.flows.job.runner import runner
from sygaldry.flows.job.runner.final_state import finalize
from sygaldry.flows.job.runner.queue import Turn
from sygaldry.flows.job.runner.queue_record import join_queue
from sygaldry.flows.launch.plan import Plan
from sygaldry.flows.launch.request import Request
from sygaldry.flows.runtime.scheduler import chosen_scheduler
from sygaldry.flows.storage.project import prepare_storage
from sygaldry.host import files
from sygaldry.host.boot import boot_id, boottime
from sygaldry.host.daemonize import detach
from sygaldry.host.disk import free_and_size
from sygaldry.host.ports import check_ports
from sygaldry.jobs import events
from sygaldry.jobs.limits import Limits
from sygaldry.jobs.paths import RunFiles, check_job, jobs_in, new_run, newest_run
from sygaldry.jobs.status_line import status_line
from sygaldry.model.array import parse_tasks
from sygaldry.model.command import Command
from sygaldry.model.container_environment import SYGALDRY
from sygaldry.model.errors import StorageError, UsageError
from sygaldry.model.machine import Machine
from sygaldry.model.report import Report
from sygaldry.model.value import replace
from sygaldry.supervisor.ledger import now

_LEAST_FREE: Final = 1 << 20
_NODES_GPU: Final = "GPU: decided on the node"
_OWN_QUEUE: Final = {
    "stdin": "a scheduled job has no terminal to read from",
    "group": "use the scheduler's partitions: --partition NAME",
    "priority": "use --nice N",
}


def job_run(request: Request, machine: Machine, job: str, limits: Limits, batch: BatchOptions = NO_OPTIONS) -> Report:
    """Start a job and return once it is recorded. Raises UsageError if it cannot be started."""
    check_job(job)
    for other in limits.after:
        if check_job(other) == job:
            raise UsageError(f"--after {other}: a job cannot start after itself", hint="name another job")
    argv = _argv(request.command)
    channels = request.resolved.settings.notify
    check_channels(channels)
    folder = jobs_folder(request.resolved, request.workspace)
    if request.resolved.settings.container_name:
        raise UsageError("--container-name is for launches; a job is found by its own name", hint="--job NAME")
    wanted = _scheduled(request, job, limits, batch)
    # A node failure and a preemption are causes that --retries retries; only the scheduler can do that.
    limits = dataclasses.replace(limits, requeue=bool(wanted.scheduler) and (batch.requeue or limits.retries > 0))
    plan = _plan_for_node(request, machine) if wanted.scheduler else plan_supervised(request, machine, "plan", None)
    if plan.workspace.ports:
        check_ports(plan.workspace.ports)
    prepare_storage(plan.found, plan.workspace.identity)
    files.make_folder(folder)
    for other in limits.after:
        find_run(folder, other)
    _check_space(folder)
    files.make_folder(plan.found.storage.at(".sygaldry", "jobs"))
    with files.locked(start_lock(folder)):
        _check_free(folder, job)
        if batch.array:
            _check_elements(folder, job, batch.array)
        paths = _named(folder, job)
        with files.locked(paths.host_lock) as lock:
            try:
                _write_down(paths, argv, limits, plan, request)
            except StorageError:
                _forget(paths)
                raise

            line = f"job {job} {'queued' if limits.after or limits.slots else 'started'}, run {paths.run}"
            if wanted.scheduler:
                line = f"{line}: {submit(paths, request, limits, wanted)}"
            else:
                _leave_runner(paths, request, machine, limits, lock or -1)
    restart_queued(folder)
    start_notifier(paths, channels)
    within = "" if wanted.scheduler else schedulers.allocation(os.environ)
    if within:
        ends = (
            f"this job runs inside {within}, whose end may end it; end the script with: sygaldry job wait --job {job}"
        )
        plan = replace(plan, notes=(ends, *plan.notes))
    tool = f"sygaldry job wait --project-id {plan.found.storage.project} --job {job}"
    data = {"job": job, "run": paths.run, "folder": folder, "log": paths.log(), "status": paths.status}
    return Report(data, (line,), (f"next: {tool}", *plan.notes))


def _leave_runner(paths: RunFiles, request: Request, machine: Machine, limits: Limits, lock: int) -> None:
    """Leave a detached process that runs the job, and its place in the queue if it has to wait."""
    if limits.after or limits.slots:
        join_queue(paths, request)
    planned = run_planner(machine, paths)
    turn = Turn(limits, partial(restart_queued, paths.folder))
    detach(lambda: runner.run_job(paths, request, planned, turn, lock), paths.runner, (lock,))


def _scheduled(request: Request, job: str, limits: Limits, options: BatchOptions) -> BatchRequest:
    """Return what the scheduler is asked for."""
    asked = request.resolved.settings
    scheduler = chosen_scheduler(asked)
    check_options(scheduler, options)
    if options.array:
        check_array(job, options.array, limits.slots)
    if scheduler and (own := next((each for each in _OWN_QUEUE if getattr(limits, each)), "")):
        raise UsageError(f"--{own} is for jobs on this machine", hint=_OWN_QUEUE[own])
    if (limits.priority or limits.group) and not limits.slots:
        raise UsageError("--priority and --group order the jobs that wait for --slots", hint="add --slots 1")
    return BatchRequest(scheduler, resources_of(asked, options), options)


def programs_beside(source: str) -> dict[str, list[str]]:
    """Return what the supervisor starts beside the command, from the folder of our source that it sees."""
    run = f"import sys; sys.path[:0] = [{source!r}]; from sygaldry.jobs.%s import main; main()"
    return {
        "judge": ["-I", "-S", "-c", run % "judge", "LOG", "CODE"],
        "observe": ["-I", "-S", "-c", run % "observe", "FOLDER", "JOB", "RUN", "ATTEMPT", "BEGAN"],
    }


def _argv(command: tuple[str, ...]) -> tuple[str, ...]:
    if not command:
        raise UsageError("no command given", hint="sygaldry job run --job NAME -- COMMAND ...")
    if any("\0" in word for word in command):
        raise UsageError("a command cannot contain a NUL byte")
    return command if len(command) > 1 else ("bash", "-lc", command[0])


def _plan_for_node(request: Request, machine: Machine) -> Plan:
    """Plan the launch of a scheduled job, so that mistakes show at once; GPUs are those of the node that it gets."""
    settings = replace(request.resolved.settings, gpu="false", cpus="", memory="")
    here = replace(request, resolved=replace(request.resolved, settings=settings))
    plan = plan_supervised(here, machine, "plan", None)
    notes = tuple(note for note in plan.notes if note != plan.gpus.line)
    return replace(plan, gpus=replace(plan.gpus, line=_NODES_GPU), notes=notes)


def _check_space(folder: str) -> None:
    """Refuse to start where not even the ledger has room: the command would never run."""
    free, _ = free_and_size(folder)
    if free < _LEAST_FREE:
        raise StorageError(
            f"cannot start a job: only {free >> 10} KiB are free under {folder}",
            hint="make room: sygaldry job prune --apply; what takes it: sygaldry storage du",
        )


def _check_free(folder: str, job: str) -> None:
    if run := latest_run(folder, job):
        snapshot = inspect_run(RunFiles(folder, job, run))
        if not snapshot.state.final:
            raise UsageError(
                f"job {job!r} is already running: run {run} is {snapshot.state}",
                hint=f"wait for it, or: sygaldry job stop --job {job}; or use another name",
            )
        finalize(snapshot)


def _check_elements(folder: str, job: str, array: str) -> None:
    """Refuse an array while a job with the name of one of its elements runs."""
    for other in jobs_in(folder):
        name, _, task = other.rpartition(".")
        if name == job and task.isdecimal() and int(task) in parse_tasks(array):
            _check_free(folder, other)


def _named(folder: str, job: str) -> RunFiles:
    """Reserve a new run ID; creating its folder makes it taken."""
    stamp = time.time_ns()
    newest = newest_run(folder, job)
    while True:
        paths = RunFiles(folder, job, new_run(stamp))
        stamp += 1_000_000
        if paths.run <= newest < new_run(time.time_ns() + 10**9 * 86400):
            continue  # the clock was set back a little: the newest run still sorts last
        try:
            create_run_folder(paths)
        except FileExistsError:
            continue
        except OSError as error:
            raise StorageError(f"cannot write {paths.base}: {error.strerror}", hint="sygaldry storage show") from error
        return RunFiles(folder, job, paths.run)


def _write_down(paths: RunFiles, argv: tuple[str, ...], limits: Limits, plan: Plan, request: Request) -> None:
    """Record the specification and the `submitted` event; values of variables are never stored."""
    spec = {"v": events.SCHEMA, "job": paths.job, "run": paths.run, "argv": list(argv), **asdict(limits)}
    spec["directory"] = plan.workspace.directory
    try:
        spec |= programs_beside(f"{SYGALDRY}/src")
        files.replace(paths.spec, json.dumps(spec))
        # Channels are the host's: an address or a command is nothing for the job to read.
        notify = {"notify": list(request.resolved.settings.notify)} if request.resolved.settings.notify else {}
        if paths.request != paths.spec:
            files.replace(paths.request, json.dumps({**spec, **notify}))
        os.mkfifo(paths.control, 0o600)
        if limits.stdin:
            os.mkfifo(paths.input, 0o600)
        facts: dict[str, Any] = {
            "command": shlex.join(request.command),
            "runtime": plan.runtime.name,
            "image": plan.workspace.image,
            "entrypoint": plan.entrypoint.name,
            "variables": [*plan.workspace.passed, *plan.workspace.secrets],
            "gpu": str(plan.gpus.line),
            "commit": _commit(request.workspace),
            "retries": limits.retries,
            "host": os.uname().nodename,
            "within": schedulers.allocation(os.environ),
            "boot_id": boot_id(),
            "boottime_s": round(boottime(), 3),
        }
        append_record(paths, "submitted", facts)
        events.Events(paths.events).append("submitted", 0, **facts)
        link_outputs(paths)
    except OSError as error:
        raise StorageError(f"cannot write {paths.base}: {error.strerror}", hint="sygaldry storage show") from error
    waits = limits.after or limits.slots or request.resolved.settings.executor != "local"
    state = "QUEUED" if waits else "START"
    fields = {"job": paths.job, "run": paths.run, "ts": now()[:19] + "Z", "state": state, "rc": "-", "up": "0s"}
    write_status(paths, status_line(fields))


def _forget(paths: RunFiles) -> None:
    """Remove the files of a run that could not be recorded."""
    for path in run_files(paths):
        with contextlib.suppress(OSError):
            os.unlink(path)
    with contextlib.suppress(OSError):
        os.rmdir(paths.own)


def _commit(workspace: str) -> str:
    from sygaldry.host.run import run

    result = run(Command(("git", "-C", workspace, "rev-parse", "HEAD"), timeout_s=2))
    return result.out.strip() if result.ok else ""
