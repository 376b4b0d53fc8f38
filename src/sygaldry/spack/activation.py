"""Turn the shell text by which Spack enters an environment into a small script that can be undone.

The script calls two functions of container/spack.sh: _spack_env_prepend NAME ELEMENTS and _spack_env_set NAME VALUE.
Leaving reads the same script with the opposite functions, so nothing must be remembered but the script's own path.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from typing import Final

from sygaldry.model.errors import LockError

# What Spack is started with, so that its additions can be distinguished.
BASE_PATH: Final = "/usr/bin:/bin"
_EXPORT = re.compile(r"export ([A-Za-z_][A-Za-z0-9_]*)=(.*);")
_LISTS = frozenset(["PATH", "MANPATH", "INFOPATH", "PYTHONPATH", "XDG_DATA_DIRS"])


@dataclass(frozen=True)
class Activation:
    """What entering changes: elements put before lists, and plain values."""

    prepended: tuple[tuple[str, str], ...]
    values: tuple[tuple[str, str], ...]

    def script(self, stamp: str, key: str) -> str:
        """Format the script; its first lines are what the shell and Sygaldry check before they trust it."""
        lines = [f"# stamp {stamp}", f"# key {key}"]
        lines += [f"_spack_env_prepend {name} {shlex.quote(value)}" for name, value in self.prepended]
        lines += [f"_spack_env_set {name} {shlex.quote(value)}" for name, value in self.values]
        return "\n".join(lines) + "\n"


def parse_activation(text: str) -> Activation:
    """Read the exports that Spack printed; raises LockError if there are none."""
    prepended, values = [], []
    for found in _EXPORT.finditer(text):
        name, value = found[1], "".join(shlex.split(found[2]))
        if name in _LISTS or name.endswith("_PATH"):
            if added := _without_base(value):
                prepended.append((name, added))
        else:
            values.append((name, value))
    if not values and not prepended:
        raise LockError("Spack printed nothing that enters the environment", hint="build it first: ./build.sh")
    return Activation(tuple(prepended), tuple(values))


def key_of(text: str) -> str:
    """Return the key that a script was made for; empty for a foreign file."""
    found = re.search(r"\A# stamp .*\n# key (\S+)\n", text)
    return found[1] if found else ""


def _without_base(value: str) -> str:
    base = BASE_PATH.split(":")
    return ":".join(dict.fromkeys(each for each in value.split(":") if each and each not in base))
