"""The verdict on this machine's GPUs for one runtime, and how they are passed through."""

from collections.abc import Callable
from dataclasses import dataclass
from os import PathLike

from sygaldry.config.settings import Settings
from sygaldry.flows.gpu.collect import collect_for_gate, load
from sygaldry.flows.gpu.image_requirements import known_image
from sygaldry.gpu.facts import Facts, read
from sygaldry.gpu.gate import Gate, gate
from sygaldry.gpu.passthrough import Grant, grant, withheld
from sygaldry.gpu.selection import select, with_mig_devices
from sygaldry.model.report import Json


@dataclass(frozen=True)
class GpuGrant:
    """A verdict and how it is carried out for one runtime."""

    verdict: Gate
    grant: Grant

    def data(self) -> dict[str, Json]:
        return {**self.verdict.data(), "way": self.grant.way, "refusal": self.grant.refusal}


def judge_for(
    settings: Settings, workspace: PathLike[str] | str, runtime: str, *, facts: Callable[[], Facts] | None = None
) -> GpuGrant:
    """Judge this machine before a start and choose how the GPUs are given."""
    gathered = facts() if facts else read(collect_for_gate(runtime))
    verdict = select(gate(gathered, known_image(settings, workspace, runtime), settings.gpu), settings.gpu)
    given = with_mig_devices(grant(verdict, gathered, runtime, rootfs=bool(settings.rootfs)), settings.gpu)
    return GpuGrant(verdict, withheld(verdict) if not verdict.on else given)


def judge_recorded(settings: Settings, workspace: PathLike[str] | str, runtime: str, folder: str) -> GpuGrant:
    """Judge a saved snapshot as if it were this machine; for dry runs."""
    return judge_for(settings, workspace, runtime, facts=lambda: read(load(folder)))
