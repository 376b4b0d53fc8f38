"""Make a CUDA base from NVIDIA's wheels: the site downloads them itself, after its user has accepted the licence."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from shutil import copy, rmtree
from tempfile import mkdtemp

from sygaldry.config.resolve import Resolved
from sygaldry.flows.image import ledger
from sygaldry.flows.image.base import image_base
from sygaldry.flows.image.which_engine import engine_name
from sygaldry.flows.runtime.images import engine_for
from sygaldry.flows.storage.project import find_storage
from sygaldry.host import files
from sygaldry.host.process_group import StopSignal, run_in_group
from sygaldry.host.run import run
from sygaldry.image import cuda
from sygaldry.layout import layout
from sygaldry.model.command import Command
from sygaldry.model.errors import CommandFailedError, ImageError, MachineNotReadyError
from sygaldry.model.machine import Machine
from sygaldry.model.report import Report

_PERIOD_S = 0.5
_GPU_ARCHITECTURE = "x86_64"


def refuse_without_licence(edition: cuda.Edition, *, accepted: bool) -> None:
    """Raise MachineNotReadyError until the user accepts NVIDIA's licence; nothing is downloaded before."""
    if accepted:
        return
    raise MachineNotReadyError(
        cuda.licence_terms(edition),
        hint=f"read it, and then: sygaldry image base --cuda {edition.name} --accept-nvidia-license",
    )


def cuda_base(
    resolved: Resolved,
    machine: Machine,
    workspace: str,
    wanted: cuda.CudaBase,
    report_progress: Callable[[str], None],
) -> Report:
    """Make sygaldry/cuda:VERSION for the engine of the runtime, on the plain base of the suite."""
    if os.uname().machine != _GPU_ARCHITECTURE:
        raise MachineNotReadyError(f"the pinned wheels are for {_GPU_ARCHITECTURE}", hint="name a base of your own")
    engine = engine_name(resolved, machine)
    edition, name = wanted.edition, wanted.tag
    if not run(Command((engine, "image", "inspect", wanted.plain))).ok:
        image_base(resolved, machine, workspace, wanted.archive, report_progress)
    root = find_storage(resolved, workspace).storage.root
    folder = f"{root}/{ledger.LOGS}"
    files.make_folder(folder)
    log = f"{folder}/{ledger.log_stamp()}-cuda.log"
    context = mkdtemp(prefix=".context-", dir=folder)
    own = f"{layout().container}/cuda"
    try:
        for each in ("assemble.py", "cuda_base.dockerfile"):
            copy(f"{own}/{each}", context)
        with open(log, "xb") as output:
            report_progress(f"image: downloading the wheels of {edition.name}, 1 to 3 GB; log: {log}")
            _run_logged(cuda.download(_python_with_pip(), f"{own}/{edition.requirements}", context), output, log)
            report_progress(f"image: making {name} on {wanted.plain}")
            _run_logged(cuda.build(engine, wanted, context), output, log)
    except StopSignal as stopped:
        raise ImageError(
            f"stopped by {stopped}", hint=f"start it again: sygaldry image base --cuda {edition.name}"
        ) from stopped
    finally:
        rmtree(context, ignore_errors=True)
    _record(engine, name, root, machine)
    lines = (
        f"made {name}",
        "a launch uses it where the default base cannot be fetched and no image is named",
        f"to build on it: SYGALDRY_BASE_IMAGE={name} sygaldry image build",
    )
    return Report({"image": name, "cuda": edition.version, "base": wanted.plain, "log": log}, lines)


def _record(engine: str, name: str, root: str, machine: Machine) -> None:
    """Record the base as ours, so that a launch finds it."""
    asked = engine_for(engine, machine)
    made = asked.image(name)
    if made is None:
        raise ImageError(f"{engine} built {name}, but does not have it", hint="try again")
    ledger.record(root, asked, made.identity, name, "")


def _python_with_pip() -> str:
    """Find a Python that can download wheels: ours may have been made without pip."""
    for python in (sys.executable, "python3"):
        if run(Command((python, "-m", "pip", "--version"), timeout_s=30)).ok:
            return python
    raise MachineNotReadyError("no Python here has pip", hint="install it: sudo apt-get install python3-pip")


def _run_logged(command: Command, output: object, log: str) -> None:
    code: int | None = None
    with closing(run_in_group(command, output, _PERIOD_S)) as states:  # type: ignore[arg-type]  # an open binary file
        for code in states:  # noqa: B007 - the last one counts
            pass
    if code != 0:
        last = [line for line in Path(log).read_text(errors="replace").splitlines() if line.strip()][-1:]
        raise CommandFailedError(
            f"cannot make the CUDA base: {''.join(last)[:300]}", hint=f"the whole log: {log}", command=command
        )
