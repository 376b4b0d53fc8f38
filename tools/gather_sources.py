#!/usr/bin/env python3
"""Fill a Spack source mirror from registries: PyPI through pip, and the pool of a Debian mirror. Standard library only.

Usage: gather_sources.py FOLDER [--larger] [--debian http://deb.debian.org/debian]

Every file has the sha256 that Spack's recipe pins, so Spack accepts it in place of the upstream download. A file that
is already there with the right checksum is not fetched again. The mirror is used as
`mirrors: {registries: {url: 'file://FOLDER', source: true, binary: false}}`.
"""

import argparse
import hashlib
import sys
import urllib.request
from dataclasses import dataclass
from pathlib import Path

REHEARSAL = Path(__file__).resolve().parents[1] / "pkg" / "rehearsal"
TIMEOUT_S = 60


@dataclass(frozen=True)
class Source:
    """A file of a registry: `name` is a requirement of PyPI or a path in Debian's pool."""

    package: str
    version: str
    sha256: str
    registry: str
    name: str
    ending: str

    def path(self, folder: Path) -> Path:
        """Name the file as Spack's mirrors do: by its checksum."""
        return folder / "_source-cache" / "archive" / self.sha256[:2] / (self.sha256 + self.ending)


def sources(*, larger: bool) -> tuple[Source, ...]:
    """Read the table, and that of the larger set."""
    names = ("sources.tsv", "sources-larger.tsv") if larger else ("sources.tsv",)
    lines = [line for name in names for line in (REHEARSAL / name).read_text().splitlines()]
    return tuple(Source(*line.split("\t")) for line in lines if line and not line.startswith("#"))


def is_complete(path: Path, sha256: str) -> bool:
    """Check whether a file is there, whole and unaltered."""
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == sha256


def fetch_pypi(source: Source) -> bytes:
    """Download with pip's own client, which reads pip's configuration: index, proxy, certificates.

    `pip download` would do, but it builds numpy to learn its metadata, which takes longer than the whole rehearsal.
    """
    from pip._internal.commands.download import DownloadCommand  # there is no public interface for this

    project = source.name.partition("==")[0]
    command = DownloadCommand("download", "")
    kind = "--only-binary" if source.ending == ".whl" else "--no-binary"
    options, _ = command.parse_args([f"{kind}={project}", "--disable-pip-version-check"])
    with command.main_context():
        session = command.get_default_session(options)
        finder = command._build_package_finder(options=options, session=session)  # noqa: SLF001 - see above
        candidates = finder.find_all_candidates(project)
        link = next((each.link for each in candidates if each.link.hash == source.sha256), None)
        if link is None:
            raise ValueError(f"the index has no file of {project} with sha256 {source.sha256}")
        answer = session.get(link.url.partition("#")[0], headers={"Accept-Encoding": "identity"}, timeout=TIMEOUT_S)
        answer.raise_for_status()
        data: bytes = answer.content
    return data


def fetch_debian(source: Source, mirror: str) -> bytes:
    """Download an original tarball from a Debian mirror."""
    address = f"{mirror.rstrip('/')}/{source.name}"
    with urllib.request.urlopen(address, timeout=TIMEOUT_S) as answer:  # noqa: S310 - the caller names the mirror
        data: bytes = answer.read()
    return data


def gather(folder: Path, mirror: str, *, larger: bool) -> int:
    """Fetch what is missing; return how many files could not be fetched or had another checksum."""
    failed = 0
    for source in sources(larger=larger):
        target = source.path(folder)
        if is_complete(target, source.sha256):
            continue
        try:
            data = fetch_pypi(source) if source.registry == "pypi" else fetch_debian(source, mirror)
        except (OSError, ValueError) as error:
            print(f"failed: {source.package}@{source.version}: {error}", file=sys.stderr)
            failed += 1
            continue
        if hashlib.sha256(data).hexdigest() != source.sha256:
            print(f"failed: {source.package}@{source.version}: {source.name} has another sha256", file=sys.stderr)
            failed += 1
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        print(f"{source.package}@{source.version} from {source.registry}", flush=True)
    return failed


def main() -> int:
    """Parse the arguments and gather."""
    parser = argparse.ArgumentParser(description="Fill a Spack source mirror from PyPI and a Debian mirror.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--debian", default="http://deb.debian.org/debian", metavar="URL")
    parser.add_argument("--larger", action="store_true", help="the sources of the larger set, too")
    arguments = parser.parse_args()
    return 1 if gather(arguments.folder, arguments.debian, larger=arguments.larger) else 0


if __name__ == "__main__":
    sys.exit(main())
