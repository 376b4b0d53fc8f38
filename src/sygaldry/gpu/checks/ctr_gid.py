"""Is the complaint about a nameless group harmless?"""

from typing import Final

from sygaldry.gpu.checks import Check, Severity, by_hand

CHECK: Final = Check(
    id="ctr.gid",
    title="A group of the caller has no name in the container",
    severity=Severity.INFO,
    why="Cosmetic: the group works by its number.",
    steps=(by_hand("nothing to do"),),
    source="NVIDIA container toolkit, troubleshooting",
)
