"""The verdict before a start: whether these GPUs run this environment, by which kind of compatibility, and why.

https://docs.nvidia.com/deploy/cuda-compatibility/ . Three things decide: the driver, the GPU's brand, its compute
capability. A pure function, so that a machine can be judged from its recorded facts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from sygaldry.gpu.advice import driver_advice
from sygaldry.gpu.compatibility import table
from sygaldry.gpu.cuda_codes import code_name
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.gpus import Gpu
from sygaldry.gpu.image import ImageFacts
from sygaldry.gpu.probes import nvml
from sygaldry.gpu.unknown import CouldNotCheckError, Unknown
from sygaldry.gpu.versions import (
    Version,
    branch,
    cuda_of_driver,
    format_version,
    parse_version,
)
from sygaldry.model.report import Json


class Mode(StrEnum):
    """Why the GPUs are on or off."""

    NATIVE = "native"
    FORWARD = "forward-compatible"
    MINOR = "minor-version"
    TOO_OLD = "too-old"
    NO_KERNELS = "no-kernels"
    UNKNOWN = "unknown"
    NO_HARDWARE = "no-hardware"
    DISABLED = "disabled"


_GOOD = frozenset({Mode.NATIVE, Mode.FORWARD, Mode.MINOR})

_NVML_WORDS: Mapping[int, str] = {
    9: "the kernel module is not loaded",
    12: "libnvidia-ml.so.1 is not installed",
    17: "the operating system denies access (a device cgroup or a sandbox)",
    18: "the driver's libraries and its loaded kernel module are of two versions",
}


@dataclass(frozen=True)
class GpuVerdict:
    """One GPU: usable or not, and why not."""

    gpu: Gpu
    usable: bool
    reason: str = ""

    def data(self) -> dict[str, Json]:
        return {
            "index": self.gpu.index,
            "name": self.gpu.name,
            "architecture": self.gpu.sm,
            "usable": self.usable,
            "reason": self.reason,
        }


@dataclass(frozen=True)
class Gate:
    """The verdict. `on` says whether GPUs are given; `advice` is what would change a refusal."""

    mode: Mode
    on: bool
    reason: str
    driver: str = ""
    cuda: Version = ()
    gpus: tuple[GpuVerdict, ...] = ()
    advice: str = ""
    forced: bool = False

    @property
    def usable(self) -> tuple[GpuVerdict, ...]:
        """The GPUs to give: the good ones, or all of them where SYGALDRY_GPU=true."""
        return tuple(each for each in self.gpus if each.usable or self.forced)

    @property
    def partial(self) -> bool:
        """Whether some GPU is left out, so that the others must be named one by one."""
        return self.on and len(self.usable) < len(self.gpus)

    def line(self) -> str:
        """Say it in one line."""
        state = "on" if self.on else "off"
        forced = ", forced by SYGALDRY_GPU=true" if self.forced else ""
        return f"GPU: {state} ({self.mode}: {self.reason}{forced})"

    def data(self) -> dict[str, Json]:
        """What is kept with each job."""
        return {
            "mode": str(self.mode),
            "on": self.on,
            "forced": self.forced,
            "reason": self.reason,
            "advice": self.advice,
            "driver": self.driver,
            "cuda": format_version(self.cuda),
            "gpus": [each.data() for each in self.gpus],
        }


def gate(facts: Facts, image: ImageFacts, request: str) -> Gate:
    """Judge; a request of `true` gives existing GPUs against the verdict, `require` is the caller's to enforce."""
    if request == "false":
        return Gate(Mode.DISABLED, False, "SYGALDRY_GPU=false")
    verdict = _judged(facts, image)
    if request == "true" and not verdict.on and verdict.mode is not Mode.NO_HARDWARE:
        return replace(verdict, on=True, forced=True)
    return verdict


def _judged(facts: Facts, image: ImageFacts) -> Gate:
    obstacle = _obstacle(facts, image)
    if obstacle:
        return _unknown(facts, obstacle)
    if not facts.has_hardware:
        return Gate(Mode.NO_HARDWARE, False, "no NVIDIA GPU on this machine")
    try:
        gpus = facts.gpus
    except CouldNotCheckError as error:
        return _unknown(facts, str(error))
    if not gpus:
        return _unknown(facts, "the driver works but shows no GPU")
    return _compared(facts, image, gpus)


def _obstacle(facts: Facts, image: ImageFacts) -> str:
    """Say why nothing can be judged, empty if something can."""
    if not facts.has_hardware:
        return f"the PCI bus could not be read: {facts.pci.reason}" if isinstance(facts.pci, Unknown) else ""
    if not isinstance(facts.platform, Unknown) and facts.platform.kind == "tegra":
        return _tegra_obstacle(facts.platform.jetpack, image)
    if not isinstance(facts.nvml, Unknown) and facts.nvml.code != nvml.OK:
        words = _NVML_WORDS.get(facts.nvml.code, "see NVIDIA's table of NVML codes")
        return f"NVML answers {facts.nvml.code}: {words}"
    return _cuda_obstacle(facts)


def _tegra_obstacle(release: int, image: ImageFacts) -> str:
    """Jetson boards run images for servers since one release of Jetson Linux, with CUDA of the same age."""
    known = table()
    if release >= known.tegra_release and image.cuda >= known.tegra_cuda:
        return ""
    needed = f"Jetson Linux {known.tegra_release} and an image of CUDA {format_version(known.tegra_cuda)} or newer"
    return f"a Tegra board: it needs {needed}"


def _cuda_obstacle(facts: Facts) -> str:
    """Ask cuInit, too: NVML works on machines where no CUDA program starts."""
    if isinstance(facts.cuda, Unknown) or facts.cuda.code == 0:
        return ""
    code, own = facts.cuda.code, facts.cuda.loaded.rpartition("/")[0]
    if code in _OF_CALLERS_LIBRARY and own.endswith(("/compat", "/stubs")):
        return ""  # the caller's own loader path, which a container does not get
    if code in _OF_CALLERS_CHOICE and facts.environment.get("CUDA_VISIBLE_DEVICES") is not None:
        return ""
    return f"cuInit answers {code}: {code_name(code) or 'a code that cuda.h does not list'}"


_OF_CALLERS_LIBRARY = frozenset({34, 803, 804})
_OF_CALLERS_CHOICE = frozenset({100, 101})


def _compared(facts: Facts, image: ImageFacts, gpus: tuple[Gpu, ...]) -> Gate:
    cuda = _cuda(facts)
    if cuda is None:
        return _unknown(facts, f"driver {facts.driver or '(none)'} is of no known branch")
    mode, why = _driver_verdict(facts, image, gpus, cuda)
    verdict = Gate(mode, mode in _GOOD, why, facts.driver, cuda)
    if not verdict.on:
        return replace(
            verdict,
            gpus=tuple(GpuVerdict(gpu, False, "the driver is too old") for gpu in gpus),
            advice=driver_advice(image.cuda),
        )
    return _per_gpu(replace(verdict, gpus=tuple(_gpu_verdict(gpu, image, mode) for gpu in gpus)), image)


def _driver_verdict(facts: Facts, image: ImageFacts, gpus: tuple[Gpu, ...], cuda: Version) -> tuple[Mode, str]:
    """Compare the driver's CUDA with the image's; the brand decides where the driver is older."""
    known = f"driver {facts.driver} = CUDA {format_version(cuda)}"
    needed = format_version(image.cuda)
    if cuda >= image.cuda:
        return Mode.NATIVE, known
    if (
        image.note
        and branch(facts.driver) in image.note.branches
        and all(gpu.brand in image.note.brands for gpu in gpus if not gpu.error)
    ):
        return Mode.FORWARD, f"{known}, raised to {needed} by the image's cuda-compat library"
    version = parse_version(facts.driver)
    floor = table().first_driver.get(image.cuda[0])
    if cuda[0] == image.cuda[0] and version is not None and floor is not None and version >= floor:
        return Mode.MINOR, f"{known} runs CUDA {needed} machine code, but cannot compile its PTX"
    return Mode.TOO_OLD, f"{known}, the environment needs {needed}"


def _gpu_verdict(gpu: Gpu, image: ImageFacts, mode: Mode) -> GpuVerdict:
    unread = _unread(gpu)
    if unread or gpu.capability is None:
        return GpuVerdict(gpu, False, unread)
    architectures = image.built_for
    if gpu.capability < image.lowest:
        return GpuVerdict(gpu, False, f"CUDA {format_version(image.cuda)} has no code for {gpu.sm}")
    compiles = architectures.runs_by_compiling(gpu.capability)
    if architectures.runs_natively(gpu.capability) or (compiles and mode is not Mode.MINOR):
        return GpuVerdict(gpu, True)
    if compiles:
        return GpuVerdict(gpu, False, f"only PTX for {gpu.sm}, which this driver is too old to compile")
    return GpuVerdict(gpu, False, f"no kernels for {gpu.sm} in {architectures.text()}")


def _unread(gpu: Gpu) -> str:
    """Say why a GPU cannot be judged; empty if it can."""
    if gpu.error:
        return f"GPU {gpu.index} cannot be read (NVML {gpu.error})"
    if gpu.mig is not None and gpu.mig[0] == 1 and gpu.mig_devices == 0:
        return f"GPU {gpu.index} is in MIG mode without an instance"
    return "" if gpu.capability else f"the architecture of GPU {gpu.index} is not known"


def _per_gpu(verdict: Gate, image: ImageFacts) -> Gate:
    """Keep the GPUs that have kernels; with none left the verdict changes."""
    good = tuple(each.gpu for each in verdict.gpus if each.usable)
    bad = tuple(each for each in verdict.gpus if not each.usable)
    reasons = "; ".join(dict.fromkeys(each.reason for each in bad))
    if good:
        left_out = f"; {len(bad)} of {len(verdict.gpus)} left out: {reasons}" if bad else ""
        return replace(verdict, reason=f"{verdict.reason}; {_counted(good)}{left_out}", advice=_kernels(bad, image))
    unread = [each for each in bad if each.gpu.error or each.gpu.capability is None or each.gpu.mig_devices == 0]
    mode = Mode.UNKNOWN if unread else Mode.NO_KERNELS
    advice = "run: sygaldry gpu diagnose" if unread else _kernels(bad, image)
    return replace(
        verdict,
        mode=mode,
        on=False,
        reason=f"{reasons} ({_counted(each.gpu for each in bad)})",
        advice=advice,
    )


def _kernels(bad: tuple[GpuVerdict, ...], image: ImageFacts) -> str:
    dropped = sorted({each.gpu.sm for each in bad if each.gpu.capability and each.gpu.capability < image.lowest})
    if dropped:
        return f"take a base image of an older CUDA: CUDA {image.cuda[0]} compiles nothing for {', '.join(dropped)}"
    missing = sorted({each.gpu.capability for each in bad if each.gpu.capability})
    missing = [each for each in missing if not image.built_for.runs_natively(each)]
    if not missing:
        return ""
    names = ",".join(f"{major}{minor}" for major, minor in missing)
    known = ", ".join(table().examples[each] for each in missing if each in table().examples)
    return (
        f"add {names}{f' ({known})' if known else ''} to cuda_arch in {image.manifest}, then "
        "sygaldry env lock and build again"
    )


def _counted(gpus: Iterable[Gpu]) -> str:
    counts: dict[str, int] = {}
    for gpu in gpus:
        named = f"{gpu.name.removeprefix('NVIDIA ') or 'GPU'} {gpu.sm}"
        counts[named] = counts.get(named, 0) + 1
    return ", ".join(f"{count} x {named}" for named, count in counts.items())


def _cuda(facts: Facts) -> Version | None:
    """The CUDA of the driver: what NVML reports may be a compat library's, so within the table the branch decides."""
    by_branch = cuda_of_driver(facts.driver)
    by_nvml = None if isinstance(facts.nvml, Unknown) else facts.nvml.cuda
    own = branch(facts.driver)
    if by_nvml is not None and (by_branch is None or (own or 0) > table().last_branch):
        return by_nvml  # a driver above the table's end
    return by_branch


def _unknown(facts: Facts, reason: str) -> Gate:
    return Gate(Mode.UNKNOWN, False, reason, facts.driver, advice="run: sygaldry gpu diagnose")
