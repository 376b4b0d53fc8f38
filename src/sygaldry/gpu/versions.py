"""Driver and CUDA versions, and which CUDA a driver branch brought (compatibility.toml)."""

import re

from sygaldry.gpu.compatibility import Version, table

__all__ = ["Version", "branch", "cuda_of_driver", "cuda_of_number", "format_version", "parse_version", "same_driver"]

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
    known = table().branches
    if own is None or own < min(known):
        return None
    return known[max(each for each in known if each <= own)]


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
