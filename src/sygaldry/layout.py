"""Where Sygaldry's own files are: in a checkout, or inside the installed package."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Layout:
    """The folders that a container sees under /opt/sygaldry."""

    package: Path
    container: Path
    tools: Path
    checkout: Path | None

    @property
    def entrypoints(self) -> Path:
        return self.container / "entrypoints"

    @property
    def dockerfile(self) -> Path:
        return self.container / "dev_container.dockerfile"


@cache
def layout() -> Layout:
    """Find Sygaldry's files; the checkout wins over what a wheel carries."""
    package = Path(__file__).resolve().parent
    checkout = package.parent.parent
    if (checkout / "container" / "entrypoints").is_dir():
        return Layout(package, checkout / "container", checkout / "tools", checkout)
    share = package / "share"
    return Layout(package, share / "container", share / "tools", None)
