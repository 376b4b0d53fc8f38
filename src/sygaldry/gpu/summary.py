"""A machine's GPUs in a few lines for people; every fact of every probe is data."""

from collections import Counter
from collections.abc import Iterator

from sygaldry.gpu.facts import Facts
from sygaldry.gpu.gpus import Gpu
from sygaldry.gpu.unknown import CouldNotCheckError, Unknown
from sygaldry.model.sizes import human

_COLUMN = 12


def summary_lines(facts: Facts) -> tuple[str, ...]:
    """Summarize the hardware, the driver, the containers' access, and what is not known."""
    rows = (("system", _system(facts)), ("driver", _driver(facts)), *_gpus(facts), *_engines(facts), *_unknown(facts))
    return tuple(f"{name:{_COLUMN}} {_printable(text)}" for name, text in rows)


def _system(facts: Facts) -> str:
    if isinstance(facts.platform, Unknown):
        return f"not known: {facts.platform.reason}"
    kernel = "" if isinstance(facts.kernel, Unknown) else facts.kernel.release
    inside = ", in a container" if facts.platform.container else ""
    return f"{facts.platform.system}{', Linux ' + kernel if kernel else ''}{inside}"


def _driver(facts: Facts) -> str:
    if not facts.driver:
        return "no NVIDIA driver is loaded"
    cuda = None if isinstance(facts.nvml, Unknown) else facts.nvml.cuda
    flavour = "" if isinstance(facts.kernel, Unknown) else facts.kernel.flavour
    parts = (flavour, f"CUDA {cuda[0]}.{cuda[1]}" if cuda else "")
    detail = ", ".join(part for part in parts if part)
    return f"NVIDIA {facts.driver}{f' ({detail})' if detail else ''}"


def _gpus(facts: Facts) -> Iterator[tuple[str, str]]:
    """Count equal GPUs; without an answer of the driver, what is on the bus."""
    try:
        found = facts.gpus
    except CouldNotCheckError as error:
        found, reason = (), str(error)
    else:
        reason = "the driver reports none"
    for number, (text, count) in enumerate(Counter(map(_gpu, found)).items()):
        yield "" if number else "GPUs", f"{count} x {text}"
    if found:
        return
    on_bus = 0 if isinstance(facts.pci, Unknown) else sum(device.kind == "gpu" for device in facts.pci)
    yield "GPUs", f"{on_bus} on the PCI bus; {reason}" if on_bus else "none" if not facts.has_hardware else reason


def _gpu(gpu: Gpu) -> str:
    memory = f", {human(gpu.memory_bytes)}" if gpu.memory_bytes > 0 else ""
    mig = f", {gpu.mig_devices} MIG devices" if gpu.mig_devices > 0 else ""
    return f"{gpu.name or 'GPU without a name'} ({gpu.sm}{memory}{mig})"


def _engines(facts: Facts) -> Iterator[tuple[str, str]]:
    """Name the engines and their ways to a GPU."""
    docker = facts.docker
    if docker is not None and not isinstance(docker, Unknown):
        ways = [*(["runtime nvidia"] if "nvidia" in docker.runtimes else [])]
        ways += ["CDI"] if docker.cdi_devices else []
        yield "docker", f"{docker.version}; GPUs through {' and '.join(ways)}" if ways else f"{docker.version}; no GPUs"
    for name, version in (("podman", facts.podman), ("apptainer", facts.apptainer)):
        if version is not None and not isinstance(version, Unknown):
            yield name, str(version)
    if facts.cdi and not isinstance(facts.cdi, Unknown):
        devices = sum(len(spec.devices) for spec in facts.cdi)
        yield "CDI", f"{devices} devices in {', '.join(spec.path for spec in facts.cdi)}"


def _unknown(facts: Facts) -> Iterator[tuple[str, str]]:
    unknown = [name.replace("_", " ") for name, value in vars(facts).items() if isinstance(value, Unknown)]
    if unknown:
        yield "not known", f"{', '.join(unknown)}; the reasons: --facts"


def _printable(line: str) -> str:
    """Keep recorded text from moving the cursor."""
    return "".join(char if char.isprintable() else " " for char in line)
