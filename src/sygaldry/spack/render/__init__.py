"""Show the graph of a lock: one file per format, found by its name; each exports RENDER."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from sygaldry.spack.lock import Lock, Node


@dataclass(frozen=True)
class About:
    """What a picture says beside the graph: its title, the licences that recipes declare, PyPI's names, the time."""

    title: str
    licenses: Mapping[str, str] = field(default_factory=dict)
    pypi: Mapping[str, str] = field(default_factory=dict)
    created: str = "1970-01-01T00:00:00Z"  # bills of materials have to state a time

    def license_of(self, node: Node) -> str:
        """Return the declared licence; a recipe declares none of what it does not build."""
        return "" if node.is_external else self.licenses.get(node.name, "")


Render: TypeAlias = Callable[[Lock, About], str]
