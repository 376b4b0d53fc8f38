"""The verdict on the GPUs of this machine, or of a saved snapshot, for the environment that would start."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path

from sygaldry.config.settings import Settings
from sygaldry.flows._gpu_facts import collect_for_gate, load
from sygaldry.gpu.compat_note import CUDA_12_9, CompatNote, parse_note
from sygaldry.gpu.facts import Facts, read
from sygaldry.gpu.gate import Gate, gate
from sygaldry.gpu.grant import COMPAT_FOLDER, Grant, grant, withheld
from sygaldry.gpu.image import ImageFacts, image_facts
from sygaldry.gpu.versions import format_version
from sygaldry.model.errors import UsageError
from sygaldry.model.report import Json, Report

_MANIFEST = "spack_src.yaml"


@dataclass(frozen=True)
class Given:
    """A verdict and how it is carried out for one runtime."""

    verdict: Gate
    grant: Grant

    def data(self) -> dict[str, Json]:
        return {**self.verdict.data(), "way": self.grant.way, "refusal": self.grant.refusal}


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
    if verdict.advice:
        lines.append(f"  to change it: {verdict.advice}")
    if given.refusal:
        lines.append(f"  {runtime}: {given.refusal}; {given.remedy}")
    elif verdict.on:
        lines.append(f"  {runtime}: given through {given.way}: {' '.join((*given.gpus, *given.devices))}")
    code = 0 if verdict.on or verdict.mode.value == "disabled" else 3 if verdict.mode.value == "no-hardware" else 2
    return Report(Given(verdict, given).data(), tuple(lines), exit_code=code)


def judge_for(
    settings: Settings, workspace: PathLike[str] | str, runtime: str, *, facts: Callable[[], Facts] | None = None
) -> Given:
    """Judge this machine before a start and choose how the GPUs are given."""
    gathered = facts() if facts else read(collect_for_gate(runtime))
    verdict = gate(gathered, known_image(settings, workspace, runtime), settings.gpu)
    given = grant(verdict, gathered, runtime, rootfs=bool(settings.rootfs))
    return Given(verdict, withheld(verdict) if not verdict.on else given)


def known_image(settings: Settings, workspace: PathLike[str] | str, runtime: str) -> ImageFacts:
    """Gather what is known of the environment; a root on disk tells its compatibility library's own note."""
    path = Path(workspace, settings.spack_environment, _MANIFEST)
    try:
        manifest = path.read_text("utf-8", "replace")
    except OSError:
        manifest = ""
    note = _note_below(settings.rootfs) if runtime == "sandbox" else CUDA_12_9
    base = settings.base_image
    if runtime == "sandbox":
        base = f"nvidia/cuda:{format_version(note.cuda)}" if note else ""
    try:
        return replace(image_facts(manifest, base, note), manifest=f"{settings.spack_environment}/{_MANIFEST}")
    except ValueError as error:
        raise UsageError(f"cuda_arch in {path} cannot be read: {error}", hint="write it as cuda_arch=80,90") from error


def _note_below(rootfs: str) -> CompatNote | None:
    """Read the note of the library that a sandbox would show; None if there is no such library."""
    for folder in (COMPAT_FOLDER, "/usr/local/cuda-12.9/compat"):
        try:
            library = Path(f"{rootfs}{folder}", "libcuda.so.1").read_bytes()
        except OSError:
            continue
        try:
            return parse_note(library)
        except ValueError:
            return None
    return None
