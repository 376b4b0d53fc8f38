"""Pull images: a team's image by its name, or the base of ours; with progress, the engine's credentials, and bounds."""

from __future__ import annotations

import os
import time
from contextlib import closing
from typing import TYPE_CHECKING

from sygaldry.flows.image import ledger
from sygaldry.flows.image.leftovers import read_log
from sygaldry.flows.image.local_cuda import local_cuda_base
from sygaldry.flows.image.state import BaseUnreachableError, PullError, State
from sygaldry.flows.image.unreachable import forget_unreachable, remember_unreachable
from sygaldry.host import files
from sygaldry.host.process_group import StopSignal, run_in_group
from sygaldry.image import pull as words
from sygaldry.image.names import is_own
from sygaldry.model.progress_note import ProgressNote
from sygaldry.model.value import replace

if TYPE_CHECKING:
    from collections.abc import Callable

    from sygaldry.flows.runtime.images import Engine, Image

    Report = Callable[[str], None]

_PERIOD_S = 0.25
_REPORT_EVERY_S = 5.0
_DRAW_EVERY_S = 1.0
# A registry that answers nothing at all hangs; one that has begun to send layers may take its time over a large one.
_SILENT_S = 90.0
_STALLED_S = 1800.0


def pull_image(engine: Engine, name: str, root: str, report: Report, *, silent_s: float = _SILENT_S) -> Image:
    """Pull an image and return it. Raises PullError with the cause and a hint."""
    why, hint = _pull(engine, name, root, report, silent_s)
    found = None if why else engine.image(name)
    if found is None:
        raise PullError(f"the image {name} cannot be pulled: {why or 'the engine does not have it'}", hint=hint)
    report(f"image: {name} is pulled")
    return found


def pull_base(state: State, root: str, report: Report, *, refresh: bool = False) -> State:
    """Pull the base before a build: the launch falls back to another runtime if that fails."""
    base = state.recipe.base
    if state.recipe.base_id and not (refresh and not is_own(base)):
        return state
    why, _ = _pull(state.engine, base, root, report, _SILENT_S)
    found = state.engine.image(base)
    if found is None:
        remember_unreachable(root, base)
        local = local_cuda_base(root, state.engine)
        raise BaseUnreachableError(
            f"the base image {base} cannot be fetched ({why})",
            hint=f"build on the CUDA base of this host: SYGALDRY_BASE_IMAGE={local} sygaldry image build"
            if local
            else "make a base from the Debian mirror: sygaldry image base; or name a local one: "
            "SYGALDRY_BASE_IMAGE=NAME; or work without an image: --runtime sandbox",
            command=words.pull_command(state.engine.name, base),
        )
    forget_unreachable(root, base)
    return replace(state, recipe=replace(state.recipe, base_id=found.content))


def _pull(engine: Engine, name: str, root: str, report: Report, silent_s: float) -> tuple[str, str]:
    """Run the pull; returns why it failed and a hint, both empty if it succeeded."""
    folder = f"{root}/{ledger.LOGS}"
    files.make_folder(root)
    files.make_folder(folder)
    log = f"{folder}/{ledger.log_stamp()}-pull.log"
    report(f"image: pulling {name} with {engine.name}; log: {log}")
    try:
        code = _run_bounded(engine, name, log, report, silent_s)
    except StopSignal as stopped:
        return f"stopped by {stopped}", "start it again"
    if code == 0:
        return "", ""
    if code is None:
        return "the registry does not answer", f"check the network, or its log: {log}"
    return words.failure_cause(read_log(log), engine.name, name, os.uname().machine)


def _run_bounded(engine: Engine, name: str, log: str, report: Report, silent_s: float) -> int | None:
    """Return the exit code, or None for a registry that sends nothing for too long."""
    last_size, changed, reported, drawn = 0, *(time.monotonic(),) * 3
    command = words.pull_command(engine.name, name)
    with open(log, "xb") as output, closing(run_in_group(command, output, _PERIOD_S)) as states:
        for code in states:
            if code is not None:
                return code
            now, size = time.monotonic(), os.stat(log).st_size
            if size != last_size:
                last_size, changed = size, now
            if now - drawn > _DRAW_EVERY_S:
                drawn = now
                done, begun = words.progress(read_log(log))
                is_kept = bool(begun) and now - reported > _REPORT_EVERY_S
                reported = now if is_kept else reported
                text = f"image: pulling {name}: {done} of {begun} layers"
                report(ProgressNote(text, done, begun, kept=is_kept))
            if now - changed > (_STALLED_S if last_size else silent_s):
                return None
    return None
