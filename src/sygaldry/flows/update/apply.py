"""Carry out what an update proposes: every file is computed first, and written only when all of them could be."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from sygaldry.flows.update.proposal import Proposal
from sygaldry.host import files
from sygaldry.lockfile.text import LARGEST_BYTES
from sygaldry.model.errors import LockError, StorageError

_MODE: Final = 0o644


@dataclass(frozen=True)
class Written:
    """A file before and after an update."""

    path: str
    old: str
    new: str

    def diff(self) -> tuple[str, ...]:
        """Format as a unified difference."""
        names = (self.path if self.old else "/dev/null", self.path)
        return tuple(difflib.unified_diff(self.old.splitlines(), self.new.splitlines(), *names, lineterm="", n=1))


def planned(proposals: Iterable[Proposal]) -> tuple[Written, ...]:
    """Compute every file that the proposals edit. Raises LockError, SettingError or StorageError; writes nothing."""
    before: dict[str, str] = {}
    after: dict[str, str] = {}
    for proposal in proposals:
        for edit in proposal.edits:
            if edit.path not in before:
                before[edit.path] = files.read_if_there(edit.path, LARGEST_BYTES, follow_links=False) or ""
            try:
                after[edit.path] = edit.change(after.get(edit.path, before[edit.path]))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise LockError(f"{edit.path} cannot be edited: {error}", hint="is it damaged?") from error
    return tuple(Written(path, before[path], text) for path, text in after.items() if text != before[path])


def write(plan: Iterable[Written]) -> Iterator[str]:
    """Write each file atomically; yields its path. Raises StorageError, also if one changed meanwhile."""
    for each in plan:
        if (files.read_if_there(each.path, LARGEST_BYTES, follow_links=False) or "") != each.old:
            raise StorageError(f"{each.path} changed meanwhile", hint="try again: sygaldry update")
        files.make_folder(each.path.rpartition("/")[0])
        files.replace(each.path, each.new, _MODE)
        yield each.path
