"""A bill of materials in SPDX's JSON: https://spdx.github.io/spdx-spec/v2.3/."""

from __future__ import annotations

from typing import Final

from sygaldry.spack.lock import Lock
from sygaldry.spack.render import About, Render
from sygaldry.spack.render._materials import bill


def _spdx(lock: Lock, about: About) -> str:
    return bill(lock, about, "spdx")


RENDER: Final[Render] = _spdx
