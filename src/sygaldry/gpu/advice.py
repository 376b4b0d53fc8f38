"""Advice computed from the compatibility table: which driver to install. No sentence holds a number of its own."""

from sygaldry.gpu.compatibility import Capability, table
from sygaldry.gpu.image import ImageFacts
from sygaldry.gpu.versions import Version, format_version


def native_branch(cuda: Version | None = None) -> int:
    """Return the first driver branch that brings a CUDA (the environment's); the last known one above the table."""
    return table().oldest_branch_with(cuda or ImageFacts().cuda) or table().last_branch


def recommended_branch(cuda: Version | None = None, capability: Capability | None = None) -> int:
    """Return the branch to install: the first long-term one that brings the CUDA and still knows the GPU."""
    first = native_branch(cuda)
    last = table().last_branch_for(capability) if capability else None
    long_term = [each for each in table().long_term if each >= first and (last is None or each <= last)]
    return min(long_term, default=min(first, last) if last else first)


def driver_advice(cuda: Version) -> str:
    """Say which drivers run a CUDA fully, and which is the oldest that runs it at all."""
    native, best = native_branch(cuda), recommended_branch(cuda)
    long_term = f", {best} being the long-term branch" if best in table().long_term and best != native else ""
    oldest = table().first_driver.get(cuda[0])
    floor = f"; {_driver(oldest)} is the oldest that runs CUDA {cuda[0]}" if oldest else ""
    return f"install driver {native} or newer (CUDA {format_version(cuda)}){long_term}{floor}"


def dropped_branch() -> int:
    """Return the newest branch that dropped GPUs."""
    return max(branch for branch, _ in table().dropped)


def _driver(version: Version) -> str:
    return ".".join(f"{part:02}" if place == 2 else str(part) for place, part in enumerate(version))
