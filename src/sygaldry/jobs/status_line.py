"""The status line: written by supervisor/status_line.py, read here."""

from sygaldry.supervisor.status_line import duration, size, status_line

__all__ = ["duration", "parse_status", "read_status", "size", "status_line"]


def parse_status(line: str) -> dict[str, str]:
    """Read a status line into its fields, with the first word as `word`; the step is free text to the end."""
    head, _, step = line.rstrip("\n").partition(" step=")
    word, _, rest = head.partition(" ")
    fields = dict(each.split("=", 1) for each in rest.split(" ") if "=" in each)
    return {"word": word, **fields, **({"step": step} if step else {})}


def read_status(path: str) -> dict[str, str]:
    """Read a status file; empty if there is none or it cannot be read."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return parse_status(file.read(400))
    except OSError:
        return {}
