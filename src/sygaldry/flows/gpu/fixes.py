"""Write the guide of fixes from the catalogue, or check whether the written one is up to date."""

from pathlib import Path

from sygaldry.gpu import checks
from sygaldry.gpu.report_lines import fixes
from sygaldry.host import files
from sygaldry.layout import layout
from sygaldry.model.report import Report


def gpu_fixes(*, write: bool, check: bool) -> Report:
    """Print the guide, write it to container/NVIDIA_FIXES.md, or compare it with what is there."""
    text = fixes(checks.every())
    path = Path(layout().container, "NVIDIA_FIXES.md")
    count = len(checks.every())
    if write:
        files.replace(path, text, 0o644)
        return Report({"path": str(path), "checks": count}, notes=(f"wrote {count} pages to {path}",))
    if check:
        fresh = files.read_if_there(path) == text
        line = "up to date" if fresh else f"{path} is out of date; run: sygaldry gpu fixes --write"
        return Report({"fresh": fresh}, (line,), exit_code=0 if fresh else 1)
    # The guide is for people: as data it is a page for each check, in a file.
    return Report(
        {"path": str(path), "checks": [each.id for each in checks.every()]}, tuple(text.rstrip("\n").splitlines())
    )
