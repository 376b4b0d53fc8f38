"""The kinds of packages in a graph and their colours, legible in grey and for colour-blind readers."""

from typing import Final

from sygaldry.spack.graph import closure
from sygaldry.spack.lock import Lock

# Okabe and Ito's palette: https://jfly.uni-koeln.de/color/
COLOURS: Final = {"root": "#e69f00", "run": "#56b4e9", "build": "#dddddd", "external": "#009e73"}
MEANING: Final = {
    "root": "requested",
    "run": "needed to run",
    "build": "only to build",
    "external": "the machine's own",
}


def kinds(lock: Lock) -> dict[str, str]:
    """Map each package to its kind."""
    roots = set(lock.roots.values())
    runs = closure(lock, roots, to_run=True)
    found = dict.fromkeys(lock.nodes, "build") | dict.fromkeys(runs, "run") | dict.fromkeys(roots, "root")
    return found | {node.hash: "external" for node in lock.externals}
