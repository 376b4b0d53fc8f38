"""Compare the tools of this machine with the lock: Sygaldry's own packages, and downloads that a bundle brought."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from sygaldry import __version__
from sygaldry.flows.image.pins import artifact_file
from sygaldry.flows.verify.deep import DeepReader
from sygaldry.flows.verify.finding import DIFFERS, EQUAL, Finding, unreadable
from sygaldry.flows.verify.python_environments import record_problems
from sygaldry.layout import layout
from sygaldry.lockfile.lock import ProjectLock
from sygaldry.lockfile.python_pins import python_pins

_AUTHOR = "you, or anyone who may write there"


def verify_tools(root: Path, lock: ProjectLock, deep: DeepReader | None) -> Iterator[Finding]:
    """Yield a finding for Sygaldry with its packages, and one for each locked download that is here."""
    yield _own_packages(lock, deep)
    folder = root / "bundle" / "artifacts"
    for name, entry in lock.of("artifact").items():
        if deep is None:
            continue
        path = folder / artifact_file(name.partition(" ")[0], entry.facts["url"])
        try:
            is_right = deep.is_right(path, entry.facts["sha256"], sha256())
        except (FileNotFoundError, NotADirectoryError):  # no bundle brought it
            continue
        except OSError as error:
            yield unreadable("tool", name, error)
            continue
        remedy = "" if is_right else "apply the bundle again: sygaldry bundle apply DIR"
        summary = f"{path} is the locked one" if is_right else f"{path} has another content"
        yield Finding("tool", name, EQUAL if is_right else DIFFERS, summary, (), remedy, "" if is_right else _AUTHOR)


def _own_packages(lock: ProjectLock, deep: DeepReader | None) -> Finding:
    records = _records()
    problems = [each for record in records for each in record_problems(record, _root(record), deep, programs=False)]
    what = f"{len(records)} Python packages"
    if problems:
        summary, remedy = f"{len(problems)} files of {what} differ", "install Sygaldry again"
        return Finding("tool", "sygaldry", DIFFERS, summary, tuple(problems), remedy, _AUTHOR)
    if lock.sygaldry != __version__:
        summary = f"this is Sygaldry {__version__}; {lock.sygaldry} locked the project"
        return Finding("tool", "sygaldry", DIFFERS, summary, (), "install that version; or lock again: sygaldry lock")
    return Finding("tool", "sygaldry", EQUAL, f"version {__version__}; its {what} match their records")


def _records() -> list[Path]:
    """Find the records of Sygaldry and of what it needs; a checkout's environment may hold more than that."""
    own = layout()
    folders = [Path(own.package).parent, *(Path(each) for each in sys.path if each.endswith("site-packages"))]
    records = sorted({record for folder in folders for record in folder.glob("*.dist-info/RECORD")})
    if not own.checkout:
        return records
    needed = {
        _normalized(name) for name, _ in python_pins(Path(own.checkout, "locks", "run.txt").read_text(), "run.txt")
    }
    return [each for each in records if _normalized(each.parent.name.partition("-")[0]) in needed]


def _normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _root(record: Path) -> Path:
    """Return the folder that the files of a record lie in: programs are beside lib in a virtual environment."""
    site = record.parent.parent
    return site.parents[2] if site.name == "site-packages" else site
