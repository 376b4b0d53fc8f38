"""Make a base image from a mirror of the distribution."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

from sygaldry.config.resolve import Resolved
from sygaldry.flows.image import ledger
from sygaldry.flows.image.log_progress import LogProgress
from sygaldry.flows.image.which_engine import engine_name
from sygaldry.flows.runtime.images import engine_for
from sygaldry.flows.storage.project import find_storage
from sygaldry.host import files
from sygaldry.host.process_group import StopSignal, run_in_group
from sygaldry.host.run import run, which
from sygaldry.image import base
from sygaldry.image.snapshot import Release, mirror_at, parse_release
from sygaldry.model.command import Command
from sygaldry.model.errors import CommandFailedError, ImageError, MachineNotReadyError, UsageError
from sygaldry.model.machine import Machine
from sygaldry.model.report import Report

_PERIOD_S = 0.5
_RELEASE = "release"


def image_base(
    resolved: Resolved, machine: Machine, workspace: str, archive: base.Archive, report_progress: Callable[[str], None]
) -> Report:
    """Make sygaldry/base:SUITE for the engine of the runtime; a failure leaves no files behind."""
    engine = engine_name(resolved, machine)
    root = find_storage(resolved, workspace).storage.root
    folder = f"{root}/{ledger.LOGS}"
    files.make_folder(folder)
    log = f"{folder}/{ledger.log_stamp()}-base.log"
    scratch = mkdtemp(prefix=".context-", dir=folder)
    try:
        with open(log, "xb") as output:
            report_progress(
                f"image: making {base.tag(archive.suite)} from {archive.uri}, which takes a minute; log: {log}"
            )
            for command in _steps(archive, scratch, machine):
                _run_logged(command, output, log, LogProgress(log, "image: making the base", report_progress))
        release = _release(scratch)
        done = run(base.load(engine, archive, f"{scratch}/root.tar", release))
    except StopSignal as stopped:
        raise ImageError(f"stopped by {stopped}", hint="start it again: sygaldry image base") from stopped
    finally:
        rmtree(scratch, ignore_errors=True)
    if not done.ok:
        raise CommandFailedError(f"{engine} could not import the base: {done.last_line}", command=done.command)
    name = base.tag(archive.suite)
    fixed = _name_by_content(engine, archive.suite, root, machine)
    lines = (
        f"made {name}, by its content {fixed}",
        f"from {archive.uri}: {release.text or 'its Release file is not known'}",
        f"to build on it: SYGALDRY_BASE_IMAGE={fixed} sygaldry image build",
    )
    data = {
        "image": name,
        "fixed": fixed,
        "suite": archive.suite,
        "mirror": archive.uri,
        "log": log,
        "release": release.text,
    }
    return Report(data, lines)


def _name_by_content(engine: str, suite: str, root: str, machine: Machine) -> str:
    """Give the base a second name that no later base of the suite takes away, and record it as ours."""
    asked = engine_for(engine, machine)
    made = asked.image(base.tag(suite))
    if made is None:
        raise ImageError(f"{engine} imported {base.tag(suite)}, but does not have it", hint="try again")
    fixed = base.tag(suite, made.content)
    done = run(Command((engine, "tag", made.identity, fixed)))
    if not done.ok:
        raise CommandFailedError(f"{engine} cannot name the base: {done.last_line}", command=done.command)
    ledger.record(root, asked, made.identity, fixed, "")
    return fixed


def archive_for(suite: str, mirror: str, snapshot: str = "") -> base.Archive:
    """Return the archive of a suite; the defaults are the host's own suite and mirror. Raises UsageError."""
    wanted = suite or _own_suite()
    if not base.is_suite(wanted):
        raise UsageError(f"{wanted[:80]!r} is not the name of a suite", hint="name a suite such as bookworm or noble")
    if mirror or snapshot:
        address = mirror_at(mirror, wanted, snapshot)
        if not address.startswith(("http://", "https://", "file:///")):
            raise UsageError(f"{address[:80]!r} is not the address of a mirror")
        return _without_password(base.Archive(address, wanted))
    found = base.archive_of(wanted, base.archives(source_lists()))
    if found is None:
        raise MachineNotReadyError(
            "apt's source lists on this machine name no mirror of Debian or Ubuntu",
            hint="name one: sygaldry image base bookworm --mirror http://MIRROR/debian",
        )
    return _without_password(found)


def _without_password(archive: base.Archive) -> base.Archive:
    """Refuse an address with a password: it would be in the base's own source list, which everyone can read."""
    if "@" in archive.uri.partition("://")[2].partition("/")[0]:
        raise UsageError(
            "the address of the mirror contains a password, which would stay in the base",
            hint="name a mirror without one: sygaldry image base --mirror http://MIRROR/debian",
        )
    return archive


def _steps(archive: base.Archive, scratch: str, machine: Machine) -> Iterator[Command]:
    target = f"{scratch}/root.tar"
    if which("mmdebstrap"):
        yield base.mmdebstrap(archive, target, f"{scratch}/{_RELEASE}", root=machine.uid == 0)
    elif which("debootstrap") and machine.uid == 0:
        yield base.debootstrap(archive, f"{scratch}/root")
        yield base.tar(f"{scratch}/root", target)
    else:
        raise MachineNotReadyError(
            "neither mmdebstrap nor, for root, debootstrap is installed",
            hint="install it: sudo apt-get install mmdebstrap",
        )


def _run_logged(command: Command, output: object, log: str, progress: LogProgress) -> None:
    code: int | None = None
    with closing(run_in_group(command, output, _PERIOD_S)) as states:  # type: ignore[arg-type]  # an open binary file
        for code in states:  # noqa: B007 - the last one counts
            progress.update()
    if code != 0:
        last = [line for line in Path(log).read_text(errors="replace").splitlines() if line.strip()][-1:]
        raise CommandFailedError(
            f"cannot make the base: {''.join(last)[:300]}", hint=f"the whole log: {log}", command=command
        )


def _release(scratch: str) -> Release:
    """Read the Release file of the archive: mmdebstrap copies it out, debootstrap leaves it in the root."""
    lists = Path(scratch, "root/var/lib/apt/lists").glob("*Release")
    texts = (files.read_if_there(str(each)) for each in (Path(scratch, _RELEASE), *lists))
    return parse_release(next((text for text in texts if text), ""))


def _own_suite() -> str:
    facts = dict(line.partition("=")[::2] for line in (files.read_if_there("/etc/os-release") or "").splitlines())
    return facts.get("VERSION_CODENAME", "bookworm").strip('"')


def source_lists() -> Iterator[str]:
    """Yield the texts of apt's source lists of this machine."""
    for path in (Path("/etc/apt/sources.list"), *sorted(Path("/etc/apt/sources.list.d").glob("*"))):
        if path.suffix in (".list", ".sources"):
            yield files.read_if_there(path) or ""
