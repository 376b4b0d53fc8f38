"""A bill of materials in CycloneDX's JSON: https://cyclonedx.org/docs/1.6/json/."""

from __future__ import annotations

from typing import Final

from sygaldry.spack.lock import Lock
from sygaldry.spack.render import About, Render
from sygaldry.spack.render._materials import bill


def _cyclonedx(lock: Lock, about: About) -> str:
    return bill(lock, about, "cyclonedx")


RENDER: Final[Render] = _cyclonedx
