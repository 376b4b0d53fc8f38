"""Driver and CUDA versions, and which CUDA a driver branch brought.

https://docs.nvidia.com/deploy/cuda-compatibility/ ; the pairs are seen in recorded outputs of drivers of each
branch, except 555 and 565, which are inferred from their neighbours.
"""

import re
from typing import Final, TypeAlias

Version: TypeAlias = tuple[int, ...]

CUDA_OF_BRANCH: Final = {
    515: (11, 7), 525: (12, 0), 530: (12, 1), 535: (12, 2), 545: (12, 3), 550: (12, 4), 555: (12, 5), 560: (12, 6),
    565: (12, 7), 570: (12, 8), 575: (12, 9), 580: (13, 0), 590: (13, 1), 595: (13, 2), 610: (13, 3),
}  # fmt: skip
MINOR_VERSION_FLOOR: Final[Version] = (525, 60, 13)  # the first release with CUDA 12.0
LAST_BRANCH_BEFORE_TURING_WAS_DROPPED: Final = 580  # 590 and later know no Maxwell, Pascal or Volta

_VERSION = re.compile(r"\d{1,5}(?:\.\d{1,5}){1,3}")


def parse_version(text: str) -> Version | None:
    """Read the first dotted number in a text."""
    found = _VERSION.search(text)
    return tuple(int(part) for part in found.group().split(".")) if found else None


def format_version(version: Version) -> str:
    """Write a CUDA or compute version; driver versions keep their zeros by staying text."""
    return ".".join(str(part) for part in version)


def branch(driver: str) -> int | None:
    """Return the branch (the first number) of a driver version."""
    version = parse_version(driver)
    return version[0] if version else None


def cuda_of_driver(driver: str) -> Version | None:
    """Return the CUDA version that a driver brought; branches in between have that of the one below."""
    own = branch(driver)
    if own is None or own < min(CUDA_OF_BRANCH):
        return None
    return CUDA_OF_BRANCH[max(known for known in CUDA_OF_BRANCH if known <= own)]


def cuda_of_number(number: int) -> Version:
    """Read CUDA's own way of writing 12.8: 12080."""
    return (number // 1000, number % 1000 // 10)


def same_driver(one: str, other: str) -> bool:
    """Tell whether two driver versions are the same, 580.95 being short for 580.95.05."""
    first, second = parse_version(one), parse_version(other)
    if first is None or second is None:
        return False
    shorter = min(len(first), len(second))
    return first[:shorter] == second[:shorter]
