"""A note about progress that a terminal can draw as a bar."""

from __future__ import annotations


class ProgressNote(str):
    """Text for a line, and how much of a long operation is done; a `total` of 0 is unknown.

    A note that is not `kept` is for a live bar alone: without a terminal nobody sees it.
    """

    __slots__ = ("done", "kept", "total")
    done: int
    total: int
    kept: bool

    def __new__(cls, text: str, done: int = 0, total: int = 0, *, kept: bool = False) -> ProgressNote:  # noqa: PYI034
        """Make the note; a flow passes it on as it passes any text."""
        note = super().__new__(cls, text)
        note.done, note.total, note.kept = done, total, kept
        return note
