"""A script that starts in the environment."""

from __future__ import annotations

from sygaldry.model.value import dataclass


@dataclass(frozen=True)
class Entrypoint:
    """`path` is its path inside, `source` its path on the host; `origin` is `workspace` or `sygaldry`.

    `tokens` are the caller's secrets that it needs, as its comment `# tokens: NAME ...` says. A workspace's entrypoint
    `shadows` one of Sygaldry's when it has the same name.
    """

    name: str
    path: str
    summary: str = ""
    origin: str = "sygaldry"
    source: str = ""
    tokens: tuple[str, ...] = ()
    shadows: bool = False

    @property
    def wants(self) -> tuple[str, ...]:
        """What needs the caller's consent, in words."""
        if self.origin == "sygaldry":
            return ()
        shadow = (f"the name of Sygaldry's own entrypoint {self.name!r}",) if self.shadows else ()
        return (*shadow, *self.tokens)


_TOKENS = "# tokens:"


def tokens_of(text: str) -> tuple[str, ...]:
    """Return the names of secrets that a script needs: the words of its comment `# tokens: NAME ...`."""
    lines = (line[len(_TOKENS) :].split() for line in text.splitlines() if line.startswith(_TOKENS))
    return tuple(dict.fromkeys(name for words in lines for name in words if name.isascii() and name.isidentifier()))


def summary_of(text: str) -> str:
    """Return the first comment of a script, which is its summary in the list."""
    lines = (line[1:].strip() for line in text.splitlines() if line.startswith("#") and not line.startswith("#!"))
    return next((line for line in lines if line), "")
