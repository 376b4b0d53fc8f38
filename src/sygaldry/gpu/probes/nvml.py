"""The GPUs through NVML, asked in a child so that a driver that hangs or crashes takes nothing with it."""

from dataclasses import dataclass
from typing import Any, Final

from sygaldry.gpu.gpus import Gpu
from sygaldry.gpu.probes import Probe, Run
from sygaldry.gpu.probes._child import child_answer
from sygaldry.gpu.recording import Recording
from sygaldry.gpu.unknown import CouldNotCheckError

OK: Final = 0
LIBRARY_NOT_FOUND: Final = 12
VERSION_MISMATCH: Final = 18
UNKNOWN_ERROR: Final = 999
WRONG_PACKAGE: Final = "the old PyPI package pynvml stands where nvidia-ml-py should be"


@dataclass(frozen=True)
class Nvml:
    """`code` is what nvmlInit answered; `cuda` is None where NVML found no libcuda."""

    code: int
    driver: str
    cuda: tuple[int, int] | None
    cuda_code: int
    gpus: tuple[Gpu, ...]
    confidential: tuple[int, int] | None = None  # feature on, GPUs ready


def parse(recording: Recording) -> Nvml:
    """Read what gpu/programs/nvml.py printed."""
    answer = recording.output("nvml")
    if answer is not None and answer.code == 3:
        raise CouldNotCheckError("the Python package nvidia-ml-py is not installed (pip install nvidia-ml-py)")
    if answer is not None and answer.code == 5:
        raise CouldNotCheckError(WRONG_PACKAGE)
    table = child_answer(recording, "nvml", "NVML")
    number = table.get("cuda")
    return Nvml(
        code=int(table["code"]),
        driver=str(table.get("driver") or ""),
        cuda=(int(number) // 1000, int(number) % 1000 // 10) if number else None,
        cuda_code=int(table.get("cuda_code", 0)),
        gpus=tuple(_gpu(index, entry) for index, entry in enumerate(table.get("gpus", ()))),
        confidential=_pair(table.get("confidential")),
    )


def _gpu(index: int, entry: dict[str, Any]) -> Gpu:
    rows = tuple(int(each) for each in entry.get("remapped") or ())
    return Gpu(
        index=index,
        name=str(entry.get("name") or ""),
        uuid=str(entry.get("uuid") or ""),
        address=str(entry.get("address") or "").lower(),
        brand=int(entry.get("brand") or 0),
        capability=_pair(entry.get("capability")),
        error=int(entry.get("error") or 0),
        mig=_pair(entry.get("mig")),
        mig_devices=_number(entry.get("mig_devices")),
        ecc=_pair(entry.get("ecc")),
        remapped=(rows[0], rows[1], rows[2], rows[3]) if len(rows) == 4 else None,
        persistence=_number(entry.get("persistence")),
        compute_mode=_number(entry.get("compute_mode")),
        recovery=_number(entry.get("recovery")),
        fabric=_number(entry.get("fabric")),
        memory_bytes=int(entry.get("memory") or 0),
        free_bytes=_number(entry.get("free")),
        processes=tuple((int(pid), int(used or 0)) for pid, used in entry.get("processes") or ()),
        licence=str(entry.get("licence") or ""),
        nvlinks=_pair(entry.get("nvlinks")),
        throttle=int(entry.get("throttle") or 0),
        pcie_width=_pair(entry.get("pcie_width")),
        memory_error=int(entry.get("memory_error") or 0),
    )


def _pair(value: Any) -> tuple[int, int] | None:  # noqa: ANN401 - whatever JSON holds
    return (int(value[0]), int(value[1])) if value else None


def _number(value: Any) -> int:  # noqa: ANN401 - whatever JSON holds
    return -1 if value is None else int(value)


PROBE: Final = Probe("NVML", (Run("nvml", program="nvml", timeout_s=20.0),), parse)
