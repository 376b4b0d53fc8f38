"""Whether the machine code of a build covers what is declared of it and the GPUs that are here."""

from collections.abc import Iterable

from sygaldry.gpu.architectures import Architectures
from sygaldry.gpu.compatibility import Capability


def demanded(wanted: Architectures) -> list[Capability]:
    """List every architecture that must have machine code; 90a stands for code of its own for 9.0."""
    return sorted(wanted.sass | wanted.exact)


def lacking(wanted: Architectures, found: Architectures, devices: Iterable[Capability], source: str) -> str:
    """Describe what the build lacks; empty if it has everything. `source` is what declares the architectures."""
    built = f"built for {found.text() or 'nothing'}"
    if code := [each for each in demanded(wanted) if not found.runs_natively(each)]:
        return f"no kernels for {_names(code)}, which {source} promises; {built}"
    if ptx := [each for each in sorted(wanted.ptx) if not found.runs_by_compiling(each)]:
        return f"no PTX for {_names(ptx)}, which {source} promises; {built}"
    here = sorted(set(devices))
    if idle := [each for each in here if not (found.runs_natively(each) or found.runs_by_compiling(each))]:
        return f"no kernels for the GPU here, {_names(idle)}; {built}"
    return ""


def _names(capabilities: Iterable[Capability]) -> str:
    return ", ".join(f"{major}.{minor}" for major, minor in capabilities)
