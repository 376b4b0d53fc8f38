"""Keep expensive answers for a while, and give each at most one thread at a time."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Answer = TypeVar("Answer")


class Timed(Generic[Answer]):
    """An answer and when it was given."""

    def __init__(self, answer: Answer, at: float) -> None:
        self.answer, self.at = answer, at

    @property
    def age_s(self) -> float:
        return time.monotonic() - self.at


class Cache:
    """Answers by name; an old one is asked for anew by the request that wants it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}
        self._answers: dict[str, Timed[Any]] = {}

    def get(self, name: str, ask: Callable[[], Answer], fresh_s: float) -> Timed[Answer]:
        """Return an answer that is at most so old. What `ask` raises is not kept."""
        with self._lock:
            lock = self._locks.setdefault(name, threading.Lock())
        with lock:
            known = self._answers.get(name)
            if known is None or known.age_s > fresh_s:
                known = self._answers[name] = Timed(ask(), time.monotonic())
            return known
