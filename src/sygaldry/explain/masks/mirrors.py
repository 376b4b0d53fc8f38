"""Spack's mirrors: a fetch that is followed by the next attempt did not end the job."""

from typing import Final

from sygaldry.explain.masks import Mask

MASK: Final = Mask(
    "mirrors",
    (b"==> Fetching ", b"==> Error", b"ll fetchers failed"),
    passes=r"^==> Fetching (?!from .{1,500} failed)",
    fails=r"^==> Error|\b[Aa]ll fetchers failed",
    encloses=True,
)
