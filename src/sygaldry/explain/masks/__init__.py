"""Lines that report no failure although they look like one: one tool per file.

To add a mask, write `explain/masks/NAME.py` that exports `MASK: Final = Mask(...)` and a row in
`tests/unit/explain/test_masks.py`. Nothing else is edited. A line that holds one of `literals` and matches `passes` is
masked, and so is one that matches `opens`. Lines between one that matches `opens` and one that matches `passes` are
masked too, and so, where `encloses` is set, are lines between two that match `passes`, unless one that matches `fails`
stands between them. A line that matches `above` masks the line above it too. With `proof`, blocks are masked only in a
log that holds a line which matches it; with `holds`, only the blocks that hold such a line.
"""

from typing import NamedTuple

__all__ = ["Mask"]


class Mask(NamedTuple):
    """The lines of one tool that report success, a skip, an expected failure or an echo."""

    title: str
    literals: tuple[bytes, ...]
    passes: str
    opens: str = ""
    fails: str = ""
    encloses: bool = False
    above: str = ""
    proof: str = ""
    holds: str = ""
