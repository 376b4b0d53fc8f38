"""Read the status line, which supervisor/status_line.py writes."""

from sygaldry.supervisor.safe_files import read_head
from sygaldry.supervisor.status_line import duration, size, status_line

__all__ = ["duration", "parse_status", "read_status", "size", "status_line"]


def parse_status(line: str) -> dict[str, str]:
    """Parse a status line into fields; `word` is the first word, `step` free text to the end."""
    head, _, step = line.rstrip("\n").partition(" step=")
    word, _, rest = head.partition(" ")
    fields = dict(each.split("=", 1) for each in rest.split(" ") if "=" in each)
    return {"word": word, **fields, **({"step": step} if step else {})}


def read_status(path: str) -> dict[str, str]:
    """Read a status file; return no fields if it cannot be read."""
    raw = read_head(path, 400)
    return parse_status(raw.decode("utf-8", "replace")) if raw else {}
