"""The folders of one project on the host, and where each appears inside."""

from __future__ import annotations

from sygaldry.model.value import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

# Promised in spec/readme.md; the Hugging Face cache is ours.
FOLDERS = {
    "monorepo_home": "/home/kvothe",
    "spack_store": "/opt/spack_store",
    "bazel_cache": "/opt/bazel_cache",
    "config": "/config",
    "hf_cache": "/opt/hf_cache",
}

# Read-only inside: a job can write only the folder of its own run.
JOBS = "bazel_cache/zephyr_jobs"
JOBS_INSIDE = "/opt/bazel_cache/zephyr_jobs"

VOLUMES = (".sygaldry", "volumes")  # the volumes that a project's devcontainer.json mounts

TRASH = ".trash"
# Folders of a storage root that are no projects.
RESERVED = frozenset({"build_logs", "bundles", "cache", "locks", "logs", "tmp", "trash", "trust"})


@dataclass(frozen=True)
class Storage:
    """The tree `<root>/<project>/`. `at` serves the launch path, for which pathlib is too expensive (17 ms)."""

    root: str
    project: str

    def at(self, *names: str) -> str:
        """Return a path in the project's folder."""
        return "/".join((self.root, self.project, *names))

    @property
    def marker(self) -> str:
        """The file that says whose this is."""
        return self.at(".sygaldry", "project")

    @property
    def in_use(self) -> str:
        """Locked, shared, by everybody who works in the project."""
        return self.at(".sygaldry", "in-use.lock")

    @property
    def folder(self) -> Path:
        from pathlib import Path

        return Path(self.root, self.project)

    @property
    def own(self) -> Path:
        """What Sygaldry keeps for itself: the marker, locks, identity files."""
        return self.folder / ".sygaldry"

    @property
    def jobs(self) -> Path:
        return self.folder / "bazel_cache" / "zephyr_jobs"

    def mounted(self) -> dict[str, str]:
        """Map each folder to where it appears inside."""
        return {self.at(name): target for name, target in FOLDERS.items()}
