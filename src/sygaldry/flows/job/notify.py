"""Notify about a run: a process of its own waits for the end or a stall, and delivers a message to each channel.

It never touches the job: what fails here is recorded in the host's record and nothing else happens.
"""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, Final

from sygaldry import discovery, notifications
from sygaldry.flows.job.facts import facts, line
from sygaldry.flows.job.headline import cause_of
from sygaldry.flows.job.lookup import RunSnapshot, find_run, inspect_run
from sygaldry.flows.job.record import append_record, read_record, read_request
from sygaldry.flows.job.scheduled.ask import COMMON_S
from sygaldry.host import files
from sygaldry.host.boot import boot_id
from sygaldry.host.daemonize import detach
from sygaldry.host.locks import wait_until_free
from sygaldry.host.post import post_signed
from sygaldry.host.run import which
from sygaldry.host.run_with_timeout import run_with_timeout
from sygaldry.jobs import events
from sygaldry.jobs.paths import RunFiles, runs_by_job
from sygaldry.model.errors import SygaldryError, UsageError
from sygaldry.model.job import State
from sygaldry.model.report import Report
from sygaldry.model.value import replace
from sygaldry.notifications import Channel, Message, Post, Program
from sygaldry.supervisor.log_pipe import order_secrets, secrets
from sygaldry.supervisor.safe_files import size_of

if TYPE_CHECKING:
    from collections.abc import Callable

_LOOK_S: Final = 5.0
_BEFORE_START_S: Final = 0.5
_SETTLES_S: Final = 2.0
_SENDMAIL: Final = "/usr/sbin/sendmail"  # not on the PATH of ordinary users
_LARGEST_SECRET: Final = 65536
_EVENTS: Final = {State.DONE: "done", State.LOST: "lost"}


def check_channels(channels: tuple[str, ...]) -> None:
    """Refuse what no channel understands. Raises UsageError."""
    for each in channels:
        name, _, text = each.partition(":")
        if name not in discovery.names(notifications):
            known = ", ".join(discovery.names(notifications))
            raise UsageError(f"--notify: there is no channel {name!r}", hint=f"one of {known}, as in command:cat")
        if why := _channel(name).check(text):
            raise UsageError(f"--notify {name}: {why}", hint="see docs/how-to/notifications.md")


def channels_of(paths: RunFiles) -> tuple[str, ...]:
    """Return the channels that a run was started with."""
    found = read_request(paths).get("notify")
    return tuple(str(each) for each in found) if isinstance(found, list) else ()


def job_notify(folder: str, job: str, run: str, channels: tuple[str, ...]) -> Report:
    """Send the state of a run now, to try a channel out."""
    paths = find_run(folder, job, run)
    wanted = channels or channels_of(paths)
    if not wanted:
        raise UsageError("no channel was named", hint=f"sygaldry job notify --job {job} --notify command:cat")
    check_channels(wanted)
    snapshot = inspect_run(paths)
    failures = notify(snapshot, event_of(snapshot), wanted)
    lines = tuple(f"{_name(each)}: {failures.get(each) or 'delivered'}" for each in wanted)
    return Report(
        {"failed": {_name(each): why for each, why in failures.items()}}, lines, exit_code=1 if failures else 0
    )


def start_notifier(paths: RunFiles, channels: tuple[str, ...]) -> None:
    """Start the process that notifies, if there is a channel."""
    if channels:
        detach(lambda: notify_until_final(paths, channels), paths.runner)


def notify_until_final(paths: RunFiles, channels: tuple[str, ...]) -> None:
    """Notify about each stall, then about the end."""
    size, known = -1, 0
    while not (snapshot := inspect_run(paths, answer_age_s=COMMON_S)).state.final:
        if (grown := size_of(paths.events)) != size:
            size = grown
            stall = events.last(paths.events, "stall", "resumed")
            if stall.get("event") == "stall" and stall.get("seq", 0) > known:
                known = stall.get("seq", 0)
                notify(snapshot, "stalled", channels)
        if snapshot.state in (State.PROGRESS, State.RETRY):
            wait_until_free({"": paths.supervisor_lock}, _LOOK_S)
        else:
            time.sleep(_BEFORE_START_S)
    if not snapshot.has_exit_event:  # the host may be about to record what it saw
        time.sleep(_SETTLES_S)
        snapshot = inspect_run(paths, answer_age_s=COMMON_S)
    notify(snapshot, event_of(snapshot), channels)


def notify_lost(folder: str) -> tuple[str, ...]:
    """Notify about runs that a restart of the machine ended together with the process that should have done it."""
    found = []
    for job, runs in runs_by_job(folder).items():
        paths = RunFiles(folder, job, runs[-1])
        if not (channels := channels_of(paths)) or _is_notified(paths):
            continue
        snapshot = inspect_run(paths)
        if snapshot.state is not State.LOST or snapshot.submitted.get("boot_id") == boot_id():
            continue
        with files.locked(paths.host_lock, wait=False) as lock:  # so that two calls send one message
            if lock is not None and not _is_notified(paths):
                notify(snapshot, event_of(snapshot), channels)
                found.append(job)
    return tuple(found)


def _is_notified(paths: RunFiles) -> bool:
    return any(each["event"] == "notified" and each.get("on") != "stalled" for each in read_record(paths))


def event_of(snapshot: RunSnapshot) -> str:
    """Return the event of a state."""
    return _EVENTS.get(snapshot.state, "failed" if snapshot.state.final else "running")


def notify(snapshot: RunSnapshot, event: str, channels: tuple[str, ...]) -> dict[str, str]:
    """Deliver a message to every channel and record the outcome; return the failures by channel."""
    message = message_of(snapshot, event)
    failures: dict[str, str] = {}
    for channel in channels:
        name, _, text = channel.partition(":")
        try:
            why = deliver(_channel(name).deliver(text, message))
        except (SygaldryError, OSError, ValueError, KeyError) as error:
            why = str(error)
        if why:
            failures[channel] = why
            sys.stderr.write(f"notification through {name} failed: {why}\n")
        _record(snapshot.paths, {"channel": name, "on": event, "why": why})
    return failures


def message_of(snapshot: RunSnapshot, event: str) -> Message:
    """Return the message: the status line and the first line of the cause, with secrets masked."""
    paths = snapshot.paths
    data = facts(snapshot)
    project = paths.folder.rsplit("/", 3)[-3] if paths.folder.count("/") > 2 else ""
    message = Message(
        event, paths.job, paths.run, project, snapshot.state.value, line(snapshot, data), cause_of(snapshot)
    )
    mask = read_request(paths).get("mask")
    names = tuple(str(each) for each in mask) if isinstance(mask, list) else ()
    return message.masked(order_secrets(secrets(dict(os.environb), names)))


def deliver(delivery: Program | Post, *, pause: Callable[[float], None] = time.sleep) -> str:
    """Carry a delivery out; return why it failed."""
    if isinstance(delivery, Post):
        return _post(delivery, pause)
    command = delivery.command
    if command.argv[0] == "sendmail" and not which("sendmail") and os.access(_SENDMAIL, os.X_OK):
        command = replace(command, argv=(_SENDMAIL, *command.argv[1:]))
    done = run_with_timeout(command, delivery.variables)
    return "" if done.ok else f"{command.argv[0]} ended with {done.returncode}: {done.last_line}"


def _post(delivery: Post, pause: Callable[[float], None]) -> str:
    url = _read(delivery.url_file) if delivery.url_file else delivery.url
    secret = delivery.signed_with
    word = ""
    if secret:
        word = _read(secret.file) if secret.file else os.environ.get(secret.variable, "")
        if not word:
            return f"there is no secret in {secret.file or secret.variable}"
    return post_signed(url, delivery.body, word.encode(), pause=pause)


def _read(path: str) -> str:
    return (files.read_if_there(path, _LARGEST_SECRET) or "").strip()


def _record(paths: RunFiles, known: dict[str, str]) -> None:
    try:
        append_record(paths, "notified", {name: value for name, value in known.items() if value})
    except OSError:  # a full disk: the message has been sent all the same
        return


def _channel(name: str) -> Channel:
    channel: Channel = discovery.get(notifications, name, "CHANNEL")
    return channel


def _name(channel: str) -> str:
    return channel.partition(":")[0]
