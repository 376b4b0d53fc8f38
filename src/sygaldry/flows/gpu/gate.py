"""The verdict on the GPUs of this machine, or of a saved snapshot, for the environment that would start."""

from datetime import UTC, datetime
from os import PathLike

from sygaldry.config.settings import Settings
from sygaldry.flows.gpu.collect import collect_for_gate, load
from sygaldry.flows.gpu.image_requirements import known_image
from sygaldry.flows.gpu.verdict import GpuGrant
from sygaldry.gpu.compatibility import table
from sygaldry.gpu.facts import read
from sygaldry.gpu.gate import gate
from sygaldry.gpu.passthrough import grant
from sygaldry.model.report import Report

REFRESH = "docs/how-to/refresh-gpu-tables.md"


def gpu_gate(settings: Settings, workspace: PathLike[str] | str, *, saved: str = "", runtime: str = "auto") -> Report:
    """Report the verdict; exits with 0 if GPUs would be given, 3 without hardware, 2 if they cannot be used.

    `auto` judges for docker where there is one, else for the sandbox.
    """
    facts = read(load(saved) if saved else collect_for_gate("docker" if runtime == "auto" else runtime))
    if runtime == "auto":
        runtime = "sandbox" if facts.docker is None else "docker"
    image = known_image(settings, workspace, runtime)
    verdict = gate(facts, image, settings.gpu)
    given = grant(verdict, facts, runtime, rootfs=bool(settings.rootfs))
    lines = [verdict.line()]
    lines += [
        f"  GPU {each.gpu.index}: {each.gpu.name} {each.gpu.sm}: {each.reason}" for each in verdict.gpus if each.reason
    ]
    if table().expired(datetime.now(tz=UTC).date()):
        lines.append(f"  warning: the table of drivers and CUDA is of {table().dated}; refresh it: {REFRESH}")
    if verdict.advice:
        lines.append(f"  to change it: {verdict.advice}")
    if given.refusal:
        lines.append(f"  {runtime}: {given.refusal}; {given.remedy}")
    elif verdict.on:
        lines.append(f"  {runtime}: given through {given.way}: {' '.join((*given.gpus, *given.devices))}")
    code = 0 if verdict.on or verdict.mode.value == "disabled" else 3 if verdict.mode.value == "no-hardware" else 2
    return Report(GpuGrant(verdict, given).data(), tuple(lines), exit_code=code)
