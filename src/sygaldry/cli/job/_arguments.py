"""Arguments that the verbs of `job` share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sygaldry.model.errors import UsageError

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from sygaldry.config.resolve import Resolved

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_SIGNALS = ("TERM", "INT", "HUP", "USR1", "USR2")
_BYTES = {"k": 1 << 10, "m": 1 << 20, "g": 1 << 30}


def add_job(parser: ArgumentParser, *, several: bool = False, run: bool = True) -> None:
    """Declare `--job NAME`, which may also be typed without the flag."""
    names = "names of the jobs" if several else "name of the job"
    parser.add_argument("name", nargs="*" if several else "?", metavar="JOB", help=names)
    parser.add_argument("--job", metavar="JOB", action="append", help="same as the argument JOB")
    if run:
        parser.add_argument("--run", metavar="RUN", default="", help="a particular run; defaults to the newest")


def jobs_of(arguments: Namespace) -> tuple[str, ...]:
    """Return the named jobs. Raises UsageError if there is none."""
    plain = arguments.name if isinstance(arguments.name, list) else [arguments.name] if arguments.name else []
    found = (*(arguments.job or ()), *plain)
    if not found:
        raise UsageError("no job was named", hint="list the jobs: sygaldry job list")
    return tuple(dict.fromkeys(found))


def job_of(arguments: Namespace) -> str:
    """Return the named job."""
    jobs = jobs_of(arguments)
    if len(jobs) > 1:
        raise UsageError(f"this verb takes one job, not {', '.join(jobs)}")
    return jobs[0]


def place(arguments: Namespace) -> tuple[Resolved, str]:
    """Return the settings and the workspace."""
    from sygaldry.host.settings import resolved_settings, workspace_of

    resolved = resolved_settings(vars(arguments))
    return resolved, workspace_of(resolved.settings.workspace)


def folder_of(arguments: Namespace) -> str:
    """Return the folder of the project's jobs."""
    from sygaldry.flows.job.lookup import jobs_folder

    return jobs_folder(*place(arguments))


def seconds(text: str, option: str) -> float:
    """Parse a duration: 90, 90s, 15m, 2h, 1d."""
    return _scaled(text, option, _SECONDS, "a number of seconds, or 90s, 15m, 2h, 1d")


def signal_before(text: str, option: str) -> tuple[str, float]:
    """Parse a signal and the time before a limit: USR1@5m."""
    if not text:
        return "", 0.0
    name, _, time = text.partition("@")
    name = name.upper().removeprefix("SIG")
    if name not in _SIGNALS or not time:
        raise UsageError(
            f"not a valid value: {option} {text!r}", hint=f"{option} USR1@5m; one of {', '.join(_SIGNALS)}"
        )
    return name, seconds(time, option)


def size_bytes(text: str, option: str) -> int:
    """Parse a size: 4096, 64k, 10m, 2g."""
    return int(_scaled(text, option, _BYTES, "a number of bytes, or 64k, 10m, 2g"))


def number(text: str, option: str) -> int:
    """Parse a non-negative integer."""
    return int(_scaled(text, option, {}, "a whole number"))


def _scaled(text: str, option: str, units: dict[str, int], hint: str) -> float:
    plain, unit = (text[:-1], units[text[-1:].lower()]) if text[-1:].lower() in units else (text, 1)
    is_number = plain.replace(".", "", 1).isdecimal() if units else plain.isdecimal()
    if not is_number or len(plain) > 15:
        raise UsageError(f"not a valid value: {option} {text!r}", hint=hint)
    return float(plain) * unit
