"""Whether the image of a running environment has changed since it was started, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sygaldry.flows.image.state import state_of
from sygaldry.flows.runtime.images import engine_for
from sygaldry.host.run import run
from sygaldry.model.command import Command
from sygaldry.model.errors import SygaldryError

if TYPE_CHECKING:
    from sygaldry.config.settings import Settings
    from sygaldry.flows.running.record import RunningEnvironment
    from sygaldry.model.machine import Machine


def stale_reason(record: RunningEnvironment, machine: Machine, settings: Settings | None = None) -> str:
    """Return why the environment should be started anew; empty if it is up to date or that cannot be known.

    With `settings` of its workspace, the recipe of the image is compared, too.
    """
    if not record.is_container:
        return ""
    try:
        asked = run(
            Command((record.runtime, "container", "inspect", "--format", "{{.Image}}", record.name), timeout_s=20)
        )
        current = engine_for(record.runtime, machine).image(record.image)
        if asked.ok and current and current.identity != asked.out.strip().removeprefix("sha256:"):
            return f"{record.image} was built anew since it started"
        if settings is not None and settings.image == record.image:
            state = state_of(settings, record.runtime, machine)
            return "" if state.usable else f"{record.image} is stale: {'; '.join(state.reasons)}"
    except SygaldryError:  # this is only advice
        return ""
    return ""
