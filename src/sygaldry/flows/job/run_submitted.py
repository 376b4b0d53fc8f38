"""Start a submitted run on this node, in the foreground: what a batch script calls."""

import os
from collections.abc import Mapping
from dataclasses import replace

from sygaldry.flows.job.batch.confinement import confined
from sygaldry.flows.job.batch.element import create_element
from sygaldry.flows.job.batch.take_over import take_over
from sygaldry.flows.job.lookup import inspect_run
from sygaldry.flows.job.planner import run_planner
from sygaldry.flows.job.runner import runner
from sygaldry.flows.job.runner.final_state import record_exit
from sygaldry.flows.job.runner.queue import Turn
from sygaldry.flows.job.scheduled.record import load_record, load_record_at, resolved_of
from sygaldry.flows.job.spread import is_spread, spread_start
from sygaldry.flows.launch.plan import Plan
from sygaldry.flows.launch.request import Request
from sygaldry.host import files
from sygaldry.host.machine import this_machine
from sygaldry.model.errors import UsageError
from sygaldry.model.job import State
from sygaldry.model.report import Report


def job_run_submitted(path: str, task: int | None = None, restart: int = 0) -> Report:
    """Run it to its end; the exit code is the job's own, so that the scheduler reports the same outcome."""
    paths, record = load_record_at(path)
    if task is not None:
        is_stopped = os.path.exists(paths.stop)
        paths = create_element(paths, task)
        record = load_record(paths) or record
        if is_stopped and not inspect_run(paths, asks_scheduler=False).has_exit_event:
            record_exit(paths, State.STOPPED, "user", "stopped by user before it started")
    before = inspect_run(paths, asks_scheduler=False)
    if before.has_exit_event:
        raise UsageError(f"run {paths.run} of job {paths.job} has ended as {before.state}; this start came too late")
    if restart:
        take_over(paths, record, restart)
    resolved = resolved_of(record)
    request = Request(resolved, record.workspace, record.command, folder=record.folder)
    start = spread_start(paths, record, path) if is_spread(record) else None
    limits = replace(record.limits, after=(), slots=0)  # the scheduler has kept the order
    with files.locked(paths.host_lock) as lock:
        machine = this_machine(resolved.settings.rootfs)

        def planned(each: Request, rejected_runtimes: Mapping[str, str] | None) -> Plan:
            here = confined(each, machine, rejected_runtimes)
            return run_planner(machine, paths)(here, rejected_runtimes)

        method = runner.SpreadPlan(planned, start) if start else planned
        runner.run_job(paths, request, method, Turn(limits), lock or -1)
    ended = inspect_run(paths, asks_scheduler=False)
    code = ended.code if ended.code is not None else 0 if ended.state is State.DONE else 1
    where = os.uname().nodename
    return Report({"job": paths.job, "run": paths.run, "state": ended.state.value, "host": where}, exit_code=code)
