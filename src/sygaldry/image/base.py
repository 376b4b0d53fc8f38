"""A base image made from the host's Debian or Ubuntu mirror, for sites without access to a registry."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from shlex import quote
from typing import Final

from sygaldry.image import labels
from sygaldry.image.recipe import EPOCH
from sygaldry.image.snapshot import Release, time_in
from sygaldry.model.command import Command

PACKAGES: Final = ("ca-certificates", "python3")  # required by the build and by `sygaldry` inside
_CONTENT_DIGITS: Final = 12
_SUITE: Final = re.compile(r"[a-z][a-z0-9-]{1,40}")
_ONE_LINE: Final = re.compile(r"^\s*deb\s+(?:\[[^\]]*\]\s+)?(?P<uri>\S+)\s+(?P<suite>\S+)\s+(?P<components>.+)$")


@dataclass(frozen=True)
class Archive:
    """A source of packages: the address of a mirror, a suite and its components."""

    uri: str
    suite: str
    components: tuple[str, ...] = ("main",)


def is_suite(text: str) -> bool:
    """Check for the name of a suite, such as bookworm or noble; options and paths are rejected."""
    return bool(_SUITE.fullmatch(text))


def quoted(text: str) -> str:
    """Quote a text for an instruction of a Dockerfile; nothing in it is a variable."""
    kept = "".join(each for each in text if each.isprintable() and each not in '\\"$')
    return f'"{kept}"'


def tag(suite: str, content: str = "") -> str:
    """Return the name of the base for a suite; with `content`, the name that only this content has."""
    return f"sygaldry/base:{suite}-{content[:_CONTENT_DIGITS]}" if content else f"sygaldry/base:{suite}"


def archives(texts: Iterable[str]) -> tuple[Archive, ...]:
    """List the archives in apt's source lists, of the old form and of deb822: sources.list(5)."""
    return tuple(found for text in texts for found in (*_one_line(text), *_deb822(text)))


def archive_of(suite: str, known: Iterable[Archive]) -> Archive | None:
    """Find the archive of a suite: itself, else the mirror of another suite of the same host."""
    plain = [
        each for each in known if not any(word in each.uri + each.suite for word in ("security", "updates", "nodistro"))
    ]
    exact = [each for each in plain if each.suite == suite]
    if exact:
        return exact[0]
    same = [each for each in plain if each.uri.rstrip("/").endswith(("/debian", "/ubuntu"))]
    return Archive(same[0].uri, suite, same[0].components) if same else None


def mmdebstrap(archive: Archive, target: str, release: str, *, root: bool) -> Command:
    """Format the creation of a tar archive; unpacking in memory halves the time. The Release file is copied out."""
    return Command((
        "env", "TMPDIR=/dev/shm", f"SOURCE_DATE_EPOCH={EPOCH}",
        "mmdebstrap", "--variant=minbase",
        *(["--mode=root"] if root else []),
        f"--include={','.join(PACKAGES)}",
        f"--components={','.join(archive.components)}",
        "--dpkgopt=path-exclude=/usr/share/man/*",
        "--dpkgopt=path-exclude=/usr/share/doc/*",
        "--dpkgopt=path-include=/usr/share/doc/*/copyright",
        "--dpkgopt=path-exclude=/usr/share/locale/*",
        # The Release files of a snapshot have expired.
        *(['--aptopt=Acquire::Check-Valid-Until "false"'] if time_in(archive.uri) else []),
        f'--customize-hook=cat "$1"/var/lib/apt/lists/*Release >{quote(release)}',
        archive.suite, target, archive.uri,
    ))  # fmt: skip


def debootstrap(archive: Archive, folder: str) -> Command:
    """Format the creation of a root in a folder."""
    return Command((
        "debootstrap", "--variant=minbase",
        f"--include={','.join(PACKAGES)}",
        f"--components={','.join(archive.components)}",
        archive.suite, folder, archive.uri,
    ))  # fmt: skip


def tar(folder: str, target: str) -> Command:
    """Format the archiving of a root."""
    return Command(("tar", "--numeric-owner", "-C", folder, "-cf", target, "."))


def load(engine: str, archive: Archive, source: str, release: Release) -> Command:
    """Format the import of a tar archive with our labels: where the packages came from, and of which day."""
    return Command((
        engine, "import",
        "--change", f"LABEL {labels.KIND}={labels.FOUNDATION}",
        "--change", f"LABEL {labels.MIRROR}={quoted(archive.uri)}",
        "--change", f"LABEL {labels.RELEASE}={quoted(release.text)}",
        "--change", 'CMD ["/bin/bash"]',
        source, tag(archive.suite),
    ))  # fmt: skip


def _one_line(text: str) -> Iterator[Archive]:
    for line in text.splitlines():
        if found := _ONE_LINE.match(line):
            yield Archive(found["uri"], found["suite"], tuple(found["components"].split()))


def _deb822(text: str) -> Iterator[Archive]:
    for paragraph in re.split(r"\n\s*\n", text):
        fields: dict[str, str] = {}
        name = ""
        for line in paragraph.splitlines():
            if line.startswith("#"):
                continue
            if line[:1] in (" ", "\t") and name:
                fields[name] += f" {line.strip()}"
            elif ":" in line:
                name, _, value = line.partition(":")
                name = name.strip().lower()
                fields[name] = value.strip()
        if "deb" in fields.get("types", "").split() and fields.get("enabled", "yes").lower() != "no":
            for uri in fields.get("uris", "").split():
                for suite in fields.get("suites", "").split():
                    yield Archive(uri, suite, tuple(fields.get("components", "main").split()))
