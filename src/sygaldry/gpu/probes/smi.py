"""What nvidia-smi prints, for machines where NVML could not be asked: text, and so only the second choice."""

import csv
import re
from dataclasses import dataclass
from typing import Final

from sygaldry.gpu.gpus import Gpu, brand_from_name
from sygaldry.gpu.probes import Probe, Run
from sygaldry.gpu.recording import Recording
from sygaldry.gpu.unknown import CouldNotCheckError
from sygaldry.gpu.versions import parse_version

# Up to 595 "Driver Version: 570.86.15  CUDA Version: 12.8", since 610 "KMD Version: 610.57.04  CUDA UMD Version: 13.3".
_BANNER: Final = re.compile(
    r"(?:Driver|KMD) Version:\s*(\d+\.\d+(?:\.\d+)?)\s+CUDA(?: UMD)? Version:\s*(\d+\.\d+|N/A|ERR!)"
)
FIELDS: Final = ("index", "name", "uuid", "pci.bus_id", "compute_cap", "memory.total")


@dataclass(frozen=True)
class Smi:
    """`cuda` is None where nvidia-smi found no libcuda; `failure` is what it printed instead of an answer."""

    driver: str
    cuda: tuple[int, ...] | None
    gpus: tuple[Gpu, ...]
    failure: str
    code: int = 0


def parse(recording: Recording) -> Smi | None:
    """Read the banner and one line a GPU; None if there is no nvidia-smi."""
    answer = recording.output("nvidia-smi")
    if answer is None:
        return None
    if answer.code != 0:
        return Smi("", None, (), (answer.out + answer.err).strip()[:2000], answer.code)
    banner = _BANNER.search(answer.out)
    if banner is None:
        raise CouldNotCheckError("nvidia-smi printed a banner of no known form")
    return Smi(banner.group(1), parse_version(banner.group(2)), _gpus(recording), "")


def _gpus(recording: Recording) -> tuple[Gpu, ...]:
    answer = recording.output("nvidia-smi-query")
    if answer is None or answer.code != 0:
        return ()
    rows = (tuple(cell.strip() for cell in row) for row in csv.reader(answer.out.splitlines()))
    return tuple(_gpu(row) for row in rows if len(row) == len(FIELDS))


def _gpu(row: tuple[str, ...]) -> Gpu:
    capability = parse_version(row[4])
    memory = re.match(r"\d+", row[5])
    return Gpu(
        index=int(row[0]),
        name=row[1],
        uuid=row[2],
        address=row[3].lower(),
        brand=brand_from_name(row[1]),
        capability=(capability[0], capability[1]) if capability else None,
        memory_bytes=int(memory.group()) * 2**20 if memory else 0,
    )


PROBE: Final = Probe(
    "nvidia-smi",
    (
        Run("nvidia-smi", ("nvidia-smi",)),
        Run("nvidia-smi-query", ("nvidia-smi", f"--query-gpu={','.join(FIELDS)}", "--format=csv,noheader")),
    ),
    parse,
)
