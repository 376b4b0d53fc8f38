"""What a Spack view already holds, listed in a form that uv reads, so that nothing of it is downloaded again.

uv looks for installed packages in the virtual environment alone. For the time of one installation each package of the
view has a stand-in there: a folder with its name and version and no files, so that the resolver counts it as
installed, and a constraint that keeps its version. A wish that does not fit the view then fails before anything is
changed, and says why.
"""

import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path

_INSTALLER = "sygaldry-stand-in"


@dataclass(frozen=True)
class Limits:
    """The files that hold uv back; the overrides hide the packages where constraints do not do."""

    constraints: Path
    overrides: Path
    any: bool

    def options(self, *, upgrade: bool) -> tuple[str, ...]:
        """Return uv's options; an upgrade ignores what is installed, so there the packages are hidden altogether."""
        if not self.any:
            return ("--upgrade",) if upgrade else ()
        if upgrade:
            return ("--upgrade", "--override", str(self.overrides))
        return ("--constraint", str(self.constraints))


def site_of(view: Path) -> Path:
    """Return the folder of a view that holds its Python packages."""
    found = sorted(view.glob("lib/python3*/site-packages"))
    return found[-1] if found else view / "lib"


def hidden_below(view: Path) -> str:
    """Format the .pth file that shows a view's packages after the environment's own, with the view's own .pth files."""
    return f"import site; site.addsitedir({str(site_of(view))!r})\n"


def owned_by(view: Path | None) -> dict[str, Distribution]:
    """Map the normalised names of what a view holds to its metadata; nothing without a view."""
    if view is None:
        return {}
    found = {each.metadata["Name"]: each for each in distributions(path=[str(site_of(view))]) if each.metadata["Name"]}
    return {_normalised(name): each for name, each in sorted(found.items())}


@contextmanager
def stand_ins(owned: Mapping[str, Distribution], site: Path, scratch: Path) -> Iterator[Limits]:
    """Put the stand-ins there for the time of an installation; those of an interrupted one are swept first."""
    limits = Limits(scratch / "constraints.txt", scratch / "overrides.txt", bool(owned))
    limits.constraints.write_text("".join(f"{name}=={each.version}\n" for name, each in owned.items()))
    limits.overrides.write_text("".join(f"{name}; python_version < '0'\n" for name in owned))
    sweep(site)
    for name, each in owned.items():
        _stand_in(site / f"{name.replace('-', '_')}-{each.version}.dist-info", each)
    try:
        yield limits
    finally:
        sweep(site)


def sweep(site: Path) -> None:
    """Remove every stand-in."""
    for folder in site.glob("*.dist-info"):
        installer = folder / "INSTALLER"
        if installer.is_file() and installer.read_text() == _INSTALLER:
            shutil.rmtree(folder)


def _stand_in(folder: Path, each: Distribution) -> None:
    """Write one. What a package needs without being asked is Spack's affair; its extras may come from the index."""
    extras = [f"Provides-Extra: {extra}" for extra in each.metadata.get_all("Provides-Extra") or ()]
    needs = [f"Requires-Dist: {line}" for line in each.metadata.get_all("Requires-Dist") or () if "extra ==" in line]
    head = ["Metadata-Version: 2.1", f"Name: {each.metadata['Name']}", f"Version: {each.version}"]
    folder.mkdir()
    (folder / "METADATA").write_text("\n".join([*head, *extras, *needs]) + "\n")
    (folder / "INSTALLER").write_text(_INSTALLER)
    (folder / "RECORD").write_text("")


def _normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
