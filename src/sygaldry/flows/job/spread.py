"""Run a job over several tasks or nodes: the supervisor stays on the first node and starts the tasks from there.

It runs outside of every container, because it needs the scheduler's programs; each task enters the environment on
its own node.
"""

import json
import os
import sys
from typing import Final

from sygaldry import runtimes, schedulers
from sygaldry.flows.job.batch.confinement import confined
from sygaldry.flows.job.record import read_request
from sygaldry.flows.job.run import programs_beside
from sygaldry.flows.job.runner.runner import Start
from sygaldry.flows.job.scheduled.record import ScheduledRun, load_record_at, resolved_of
from sygaldry.flows.launch.launch import launch
from sygaldry.flows.launch.request import Request
from sygaldry.flows.runtime.choose import choose_runtime
from sygaldry.flows.runtime.scheduler import program
from sygaldry.host import files
from sygaldry.host.foreground_child import run_child
from sygaldry.host.machine import this_machine
from sygaldry.jobs.paths import RunFiles
from sygaldry.layout import layout
from sygaldry.model.command import Command
from sygaldry.model.container_environment import SYGALDRY
from sygaldry.model.storage import JOBS_INSIDE
from sygaldry.model.value import replace
from sygaldry.supervisor.lifeline import hold

_LIFELINE: Final = f"{SYGALDRY}/src/sygaldry/supervisor/lifeline.py"


def is_spread(record: ScheduledRun) -> bool:
    """Return whether a run has several tasks."""
    return max(int(record.options.get("nodes", 0) or 0), int(record.options.get("tasks", 0) or 0)) > 1


def spread_start(paths: RunFiles, record: ScheduledRun, path: str) -> Start:
    """Return what starts the supervisor here; it returns the exit code of the whole."""
    scheduler = schedulers.get(record.scheduler)
    argv = (*program(), "job", "run-task", path)
    source = os.path.dirname(layout().package)
    spec = {
        **read_request(paths),
        "argv": list(scheduler.spread(argv)),
        "signal_with": list(scheduler.signal_tasks(os.environ)),
        **programs_beside(source),
    }

    def start(lock: int) -> int:
        files.replace(paths.spec, json.dumps(spec))
        supervisor = f"{layout().package}/supervisor/supervise.py"
        return run_child(Command((sys.executable, "-I", "-S", supervisor, paths.spec), holds=(lock,)))

    return start


def job_run_task(path: str) -> int:
    """Run the command of a job in its environment on this node; returns its exit code."""
    paths, record = load_record_at(path)
    resolved = resolved_of(record)
    command = record.command if len(record.command) > 1 else ("bash", "-lc", record.command[0])
    machine = this_machine(resolved.settings.rootfs)
    request = confined(Request(resolved, record.workspace, command, folder=record.folder), machine)
    if not runtimes.get(choose_runtime(request.resolved, machine).name).foreground:
        request = _with_lifeline(request, paths, record)
    # Its notes would stand in the log of the job once for each task.
    return launch(request, machine, report_progress=lambda _: None)


def _with_lifeline(request: Request, paths: RunFiles, record: ScheduledRun) -> Request:
    """Let the container of a task end with this process, which holds a lock until it dies."""
    task = schedulers.get(record.scheduler).task(os.environ)
    path = paths.lifeline(task)
    if not task or not paths.is_separate or hold(path) < 0:
        return request
    inside = f"{JOBS_INSIDE}/{paths.name}/{os.path.basename(path)}"
    words = ("python3", "-I", "-S", _LIFELINE, inside, str(record.limits.grace_s))
    return replace(request, command=(*words, *request.command))
