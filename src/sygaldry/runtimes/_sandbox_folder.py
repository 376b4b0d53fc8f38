"""Where a folder of a sandbox comes from, as the arguments of bubblewrap tell."""

from __future__ import annotations

_WITH_SOURCE = ("--bind", "--ro-bind", "--bind-try", "--ro-bind-try", "--dev-bind-try")
_MADE = ("--tmpfs", "--dir", "--proc", "--dev")
_MOST_LINKS = 8


def source_of(argv: tuple[str, ...], folder: str) -> str | None:
    """Return the path on the host of a folder inside; empty if bubblewrap makes it, None if there will be none."""
    origins = _origins(argv)
    for _ in range(_MOST_LINKS):
        if any(f"{inside}/".startswith(f"{folder.rstrip('/')}/") and inside != folder for inside in origins):
            return ""
        above = max((each for each in origins if f"{folder}/".startswith(f"{each.rstrip('/')}/")), key=len, default="")
        if not above:
            return None
        kind, source = origins[above]
        rest = folder[len(above.rstrip("/")) :]
        if kind == "--symlink":
            folder = f"{source if source.startswith('/') else '/' + source.removeprefix('../')}{rest}"
            continue
        if kind in _WITH_SOURCE:
            return f"{source}{rest}"
        return "" if not rest or kind in ("--proc", "--dev") else None
    return None


def _origins(argv: tuple[str, ...]) -> dict[str, tuple[str, str]]:
    """Map each path that bubblewrap makes to the option, and to its source where it has one; the last one wins."""
    found: dict[str, tuple[str, str]] = {}
    start = argv.index("--unshare-pid")  # before it stand the words of programs that limit bubblewrap
    words = argv[start : argv.index("--", start)]
    for index, word in enumerate(words):
        if word in _WITH_SOURCE or word == "--symlink":
            found[words[index + 2]] = (word, words[index + 1])
        elif word in _MADE:
            found[words[index + 1]] = (word, "")
    return found
