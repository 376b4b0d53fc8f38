"""The folders of one project on the host, and where each appears inside."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

# Promised in spec/readme.md; the Hugging Face cache is ours.
FOLDERS: Final = {
    "monorepo_home": "/home/kvothe",
    "spack_store": "/opt/spack_store",
    "bazel_cache": "/opt/bazel_cache",
    "config": "/config",
    "hf_cache": "/opt/hf_cache",
}


@dataclass(frozen=True)
class Storage:
    """The tree `<root>/<project>/`."""

    root: Path
    project: str

    @property
    def folder(self) -> Path:
        return self.root / self.project

    @property
    def own(self) -> Path:
        """What Sygaldry keeps for itself: the marker, locks, identity files."""
        return self.folder / ".sygaldry"

    @property
    def marker(self) -> Path:
        return self.own / "project.json"

    @property
    def in_use(self) -> Path:
        """Locked, shared, by everybody who works in the project."""
        return self.own / "in-use.lock"

    @property
    def jobs(self) -> Path:
        return self.folder / "bazel_cache" / "zephyr_jobs"

    def mounted(self) -> dict[Path, str]:
        """Map each folder to where it appears inside."""
        return {self.folder / name: target for name, target in FOLDERS.items()}
