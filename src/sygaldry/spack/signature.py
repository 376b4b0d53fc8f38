"""Check the signatures of packages with gpg, as Spack does, before a build begins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from sygaldry.model.command import Command


@dataclass(frozen=True)
class Rejection:
    """Why Spack would not take a package, and what to do about it."""

    why: str
    remedy: str


def verification(keys: str, files: Sequence[str]) -> Command:
    """Build the command that checks many signatures at once; it starts no agent, which would outlive it.

    Without --batch, in which gpg ends at the first wrong signature and leaves the rest unchecked.
    """
    return Command(
        (
            "gpg", "--homedir", keys, "--no-tty", "--no-autostart", "--no-auto-check-trustdb", "--status-fd", "1",
            "--verify-files", *files,
        ),
        timeout_s=120,
    )  # fmt: skip


def rejections(status: str, names: Sequence[str], mirror: str, trust_command: str) -> Mapping[str, Rejection]:
    """Read gpg's machine-readable answer: what is wrong with each of the files, by its name; none if nothing is.

    `trust_command` trusts the keys of the mirror. A key that has expired since is good enough: it is for Spack.
    https://git.gnupg.org/cgi-bin/gitweb.cgi?p=gnupg.git;a=blob_plain;f=doc/DETAILS
    """
    found = dict.fromkeys(names, altered(mirror))
    good: set[str] = set()
    current = ""
    for line in status.splitlines():
        match line.removeprefix("[GNUPG:] ").split():
            case ["FILE_START", _, *path]:
                current = PurePath(" ".join(path)).name
            case ["VALIDSIG", *_]:
                good.add(current)
            case ["NO_PUBKEY", key, *_]:
                found[current] = untrusted(key, mirror, trust_command)
            case _:
                continue
    return {name: rejection for name, rejection in found.items() if name not in good}


def untrusted(key: str, mirror: str, trust_command: str) -> Rejection:
    """Describe a signature by an untrusted key."""
    return Rejection(
        f"{mirror} has it, signed with key {key}, which is not trusted here",
        f"see whose keys it offers and trust them: {trust_command}",
    )


def unsigned(mirror: str) -> Rejection:
    """Describe a package without the required signature."""
    return Rejection(
        f"{mirror} has it, but unsigned, and its packages have to be signed",
        f"ask its owner to push it signed, or set `signed: false` for {mirror}",
    )


def altered(mirror: str) -> Rejection:
    """Describe an invalid signature."""
    return Rejection(
        f"{mirror} has it, but its signature is wrong: it was altered after it was signed",
        f"ask its owner to push it again, or remove {mirror} from `mirrors:`",
    )
