"""Show the graph of a lock: one file per format, found by its name; each exports RENDER."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from sygaldry.spack.lock import Lock


@dataclass(frozen=True)
class About:
    """What a picture says beside the graph: its title, and the licences that recipes declare."""

    title: str
    licenses: Mapping[str, str] = field(default_factory=dict)


Render: TypeAlias = Callable[[Lock, About], str]
