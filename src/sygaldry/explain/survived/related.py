"""Whether two messages are about the same thing: a name of a file, a package or a symbol that both hold."""

from functools import lru_cache
from typing import Final

from sygaldry.explain.match_rules import Match
from sygaldry.model.lazy_pattern import lazy_pattern

_WORD: Final = lazy_pattern(r"[A-Za-z_][\w.+-]{3,}")
_SEPARATOR: Final = lazy_pattern(r"[._-]")
_COMMON: Final = frozenset(
    {
        *("error", "errors", "fatal", "failed", "failure", "cannot", "could", "found", "file", "files", "such", "this"),
        *("directory", "with", "from", "line", "command", "make", "build", "that", "local", "home", "work", "include"),
        *(
            "python",
            "python3",
            "root",
            "main",
            "unable",
            "open",
            "shared",
            "object",
            "repository",
            "component",
            "module",
        ),
        *("library", "libraries", "package", "version", "install", "installed", "requires", "required", "invalid"),
        *("missing", "exist", "exists", "because", "status", "code", "exit", "exited", "process", "running"),
        *("expected", "value", "type", "name", "import", "config", "system", "search", "path", "load", "read", "write"),
        *("find", "satisfies", "requirement", "requirements", "versions", "none", "matching", "distribution"),
        *(
            "access",
            "http",
            "https",
            "github",
            "which",
            "when",
            "have",
            "been",
            "does",
            "data",
            "user",
            "server",
            "host",
            "remote",
        ),
    }
)
_GPU: Final = "gpu"
_ABOUT_GPUS: Final = lazy_pattern(r"(?i)cuda|gpu|nvidia|nvml|nccl")
_SCRIPT: Final = lazy_pattern(r"^\S{1,200}: line \d{1,6}: ")
_SHORTEST: Final = 4  # letters of a word that two messages share not by accident


def is_related(one: Match, other: Match) -> bool:
    """Return whether two messages are about the same thing."""
    return not _words(one.hit.line.text).isdisjoint(_words(other.hit.line.text))


@lru_cache(4_096)
def _words(text: str) -> frozenset[str]:
    message = _SCRIPT.sub("", text[:400], count=1)  # without the script and the line that a shell puts before it
    words = (word.lower() for word in _WORD.findall(message))
    parts = (part.removeprefix("lib") for word in words for part in (word, *_SEPARATOR.split(word)))
    named = {part for part in parts if len(part) >= _SHORTEST} - _COMMON
    return frozenset(named | {_GPU} if _ABOUT_GPUS.search(text[:400]) else named)
