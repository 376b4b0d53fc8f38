"""Find libraries as the dynamic loader does: https://man7.org/linux/man-pages/man8/ld.so.8.html."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from sygaldry.spack.verify import Library

_MOST_LIBRARIES = 2000


class Dynamic(Protocol):
    """What a file says about itself; host reads it."""

    @property
    def needed(self) -> tuple[str, ...]: ...
    @property
    def rpath(self) -> tuple[str, ...]: ...
    @property
    def runpath(self) -> tuple[str, ...]: ...
    @property
    def machine(self) -> tuple[int, int]: ...


@dataclass(frozen=True)
class Loader:
    """The rules of one system: how a file is read, where a path of the store is here, and the system's own folders."""

    read: Callable[[str], Dynamic | None]
    locate: Callable[[str], str]
    system: tuple[str, ...]

    def libraries(self, program: str) -> tuple[Library, ...]:
        """Return every library that a program loads, also those of its libraries; an empty path is one not found."""
        loaded: dict[str, str] = {}
        found: list[Library] = []
        waiting: list[tuple[str, tuple[str, ...]]] = [(program, ())]
        while waiting and len(found) < _MOST_LIBRARIES:
            path, inherited = waiting.pop(0)
            dynamic = self.read(path)
            if dynamic is None:
                continue
            # The old RPATH also serves the libraries of a library, unless the file has the new RUNPATH.
            own = () if dynamic.runpath else self._folders(dynamic.rpath, path)
            for name in dynamic.needed:
                if name in loaded:
                    continue
                search = (*own, *inherited, *self._folders(dynamic.runpath, path), *self.system)
                loaded[name] = next(self._candidates(name, search, dynamic.machine), "")
                found.append(Library(program, name, loaded[name]))
                if loaded[name]:
                    waiting.append((loaded[name], (*own, *inherited)))
        return tuple(found)

    def _folders(self, words: tuple[str, ...], path: str) -> tuple[str, ...]:
        origin = path.rpartition("/")[0]
        spelled = (word.replace("${ORIGIN}", origin).replace("$ORIGIN", origin) for word in words if word)
        return tuple(self.locate(word) for word in spelled if word.startswith("/"))

    def _candidates(self, name: str, folders: tuple[str, ...], machine: tuple[int, int]) -> Iterator[str]:
        paths = (self.locate(name),) if "/" in name else (f"{folder.rstrip('/')}/{name}" for folder in folders)
        for path in paths:
            found = self.read(path)
            if found is not None and found.machine == machine:
                yield path
