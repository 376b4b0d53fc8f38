"""Whether CUDA itself starts: cuInit, asked in a child with the caller's own loader path."""

from dataclasses import dataclass
from typing import Final

from sygaldry.gpu.probes import Probe, Run, Variables
from sygaldry.gpu.probes._child import child_answer
from sygaldry.gpu.recording import Recording


@dataclass(frozen=True)
class Cuda:
    """`loaded` is the file behind libcuda.so.1, empty if none could be loaded; `code` is what cuInit answered."""

    loaded: str
    code: int
    version: tuple[int, int] | None
    devices: int


def parse(recording: Recording) -> Cuda:
    """Read what gpu/programs/cuda.py printed."""
    table = child_answer(recording, "cuda", "CUDA")
    number = table.get("version")
    return Cuda(
        loaded=str(table.get("loaded") or ""),
        code=int(table["code"]),
        version=(int(number) // 1000, int(number) % 1000 // 10) if number else None,
        devices=int(table.get("devices", -1)),
    )


PROBE: Final = Probe(
    "CUDA",
    (
        Run("cuda", program="cuda", timeout_s=20.0),
        Variables(
            (
                "CUDA_VISIBLE_DEVICES",
                "NVIDIA_VISIBLE_DEVICES",
                "NVIDIA_DRIVER_CAPABILITIES",
                "LD_LIBRARY_PATH",
                "CUDA_MPS_PIPE_DIRECTORY",
            )
        ),
    ),
    parse,
)
