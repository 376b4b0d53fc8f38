"""The commands that Spack is given, and what its answers mean."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sygaldry.model.command import Command, Completed
from sygaldry.model.errors import CommandFailedError

# Messages of Spack 1.1.0 and how to fix their causes; see docs/how-to/spack.md.
_HINTS: Final = (
    ("Must specify CUDA compute capabilities", "say cuda_arch for it as a root of its own, as for nccl in pkg/zephyr"),
    (
        "Only external, or concrete, compilers are allowed",
        "give that compiler as an external of packages in the manifest",
    ),
    ("cannot bootstrap", "the Python that runs Spack lacks clingo: set SPACK_PYTHON to the image's own"),
    ("No module named 'clingo'", "set SPACK_PYTHON to a Python with clingo, as the image has"),
    ("Insufficient permissions to write", "is the store writable for you? see: sygaldry storage show"),
    ("no compiler configured", "name gcc as an external of packages in the manifest, as pkg/zephyr does"),
    ("Unknown namespace", "the recipes of that namespace are not configured: `repos:` in the manifest"),
    ("Package not found in repository", "no such recipe here; see: spack list NAME"),
    ("No space left on device", "make room on the disk of the store: sygaldry storage du"),
    (
        "compile with more padding",
        "keep the store at /opt/spack_store everywhere, or build with padded_length: see docs/how-to/spack.md",
    ),
    ("Read-only file system", "the store or the environment's folder is read-only here"),
    # After the disk, which fails a fetch too.
    ("FetchError", "is there a network? without one: a mirror of sources, or a build cache (docs/how-to/spack.md)"),
)


# Spack, curl, git and Bazel use the proxy that these name; nothing listens at this address.
_PROXIES: Final = ("http_proxy", "https_proxy", "all_proxy", "HTTPS_PROXY", "ALL_PROXY")
BUNDLE_MIRROR: Final = "sygaldry-bundle"
_NOBODY: Final = "http://127.0.0.1:9"


@dataclass(frozen=True)
class Spack:
    """A Spack to run: its folder, the Python it runs with (empty for its own choice) and the store it keeps.

    `without` names mirrors that it must not ask: at each package it would wait for them again.
    `quiet` names those, with their addresses, that it must not push to by itself. `path` is where programs are found.
    `bundle` is the folder of a mirror that a bundle brought; its contents were verified when it was applied.
    `install_tree` is where it installs for an environment that does not say so: its own choice is its own folder.
    """

    root: str
    store: str
    python: str = ""
    offline: bool = False
    without: tuple[str, ...] = ()
    quiet: Mapping[str, str] = field(default_factory=dict)
    path: str = ""
    bundle: str = ""
    install_tree: str = ""

    def command(
        self,
        *words: str,
        environment: str = "",
        config: Mapping[str, str] | None = None,
        timeout_s: float | None = None,
        stdin_text: str | None = None,
    ) -> Command:
        """Build a command that reads no configuration of the user's and flushes every line that it prints."""
        # `env` rather than an environment of our own: the line that is shown can be pasted as it is.
        settings = {
            "SPACK_DISABLE_LOCAL_CONFIG": "1",
            "SPACK_USER_CACHE_PATH": f"{self.store}/cache/user",
            "SPACK_GNUPGHOME": f"{self.store}/gpg",
            "PYTHONUNBUFFERED": "1",
            **({"SPACK_PYTHON": self.python} if self.python else {}),
            **({"PATH": self.path} if self.path else {}),
            **(dict.fromkeys(_PROXIES, _NOBODY) if self.offline else {}),
        }
        own = {"config:install_tree:root": self.install_tree} if self.install_tree else {}
        merged = own | dict(config or {})
        overrides = [word for key, value in merged.items() for word in ("-c", f"{key}:{value}")]
        if self.bundle:
            overrides += _mirror_overrides(BUNDLE_MIRROR, f"url:'file://{self.bundle}'", "signed:false")
        for name in self.without:  # Spack demands an address even for a disabled mirror
            overrides += _mirror_overrides(name, "url:'file:///left-out'", "binary:false", "source:false")
        for name, url in self.quiet.items():
            overrides += _mirror_overrides(name, f"url:'{url}'", "autopush:false")
        return Command(
            (
                "env", *(f"{name}={value}" for name, value in settings.items()),
                f"{self.root}/bin/spack", "--color", "never", *overrides,
                *(["-e", environment] if environment else []),
                *words,
            ),
            timeout_s=timeout_s,
            input=stdin_text,
        )  # fmt: skip


def _mirror_overrides(mirror: str, *settings: str) -> list[str]:
    return [word for each in settings for word in ("-c", f"mirrors:{mirror}:{each}")]


def concretize(spack: Spack, folder: str, scratch: str) -> Command:
    """Solve in a scratch install tree: the packages of a used store would change the solution."""
    config = {"config:install_tree:root": f"{scratch}/install", "config:misc_cache": f"{scratch}/misc"}
    return spack.command("concretize", "--force", environment=folder, config=config)


@dataclass(frozen=True)
class Effort:
    """Options of an install: compile jobs per package (0: Spack's choice), packages at once, and cache use."""

    jobs: int = 0
    at_once: int = 1
    only_cache: bool = False
    no_cache: bool = False


def install(spack: Spack, folder: str, hashes: Sequence[str], effort: Effort) -> Command:
    """Install exactly packages of the lock. --fail-fast, because two best-effort processes can wait for each other."""
    return spack.command(
        "install", "--only-concrete", "--fail-fast", "--no-add",
        *(["-j", str(effort.jobs)] if effort.jobs else []),
        *(["-p", str(effort.at_once)] if effort.at_once > 1 else []),
        *(["--use-buildcache", "only"] if effort.only_cache else []),
        *(["--no-cache"] if effort.no_cache else []),
        *(f"/{each}" for each in hashes),
        environment=folder,
    )  # fmt: skip


def regenerate_view(spack: Spack, folder: str) -> Command:
    """Regenerate the view; Spack replaces it atomically."""
    return spack.command("env", "view", "regenerate", environment=folder)


def push(  # noqa: PLR0913 - each is one word of the command
    spack: Spack, folder: str, mirror: str, hashes: Sequence[str], *, signed: bool, index: bool = True
) -> Command:
    """Push packages by themselves: with their dependencies, Spack fails over build tools that are not installed."""
    return spack.command(
        "buildcache", "push", "--only", "package",
        *(["--update-index"] if index else []),
        *([] if signed else ["--unsigned"]),
        mirror,
        *(f"/{each}" for each in hashes),
        environment=folder,
    )  # fmt: skip


def update_index(spack: Spack, folder: str, mirror: str) -> Command:
    """Update the index of a build cache: packages pushed one by one are not in it yet."""
    return spack.command("buildcache", "update-index", mirror, environment=folder)


def publish_keys(spack: Spack, folder: str, mirror: str) -> Command:
    """Put our public keys into a build cache: pushing package by package does not."""
    return spack.command("gpg", "publish", "--mirror-name", mirror, "--update-index", environment=folder)


def trust_keys(spack: Spack, folder: str) -> Command:
    """Fetch the public keys that mirrors offer, and trust them."""
    return spack.command("buildcache", "keys", "--install", "--trust", environment=folder)


def trust_key_file(spack: Spack, folder: str, path: str) -> Command:
    """Trust the public keys in a file."""
    return spack.command("gpg", "trust", path, environment=folder)


def export_keys(spack: Spack, folder: str, path: str) -> Command:
    """Write our public keys into a file, for those who are to trust them."""
    return spack.command("gpg", "export", path, environment=folder)


def create_mirror(spack: Spack, folder: str, target: str) -> Command:
    """Put the sources of every package of the lock into a folder, also those that may not be passed on in public."""
    return spack.command("mirror", "create", "--all", "--private", "--directory", target, environment=folder)


def read_mirror(spack: Spack, stdin_text: str) -> Command:
    """Read files of a mirror with what opens it; the answer is JSON. Nothing secret is in the question either."""
    program = Path(__file__).with_name("mirror_reader_program.py")
    return spack.command("python", str(program), stdin_text=stdin_text, timeout_s=90)


def create_key(spack: Spack, folder: str, name: str, mail: str) -> Command:
    """Make a key to sign packages with; in the environment, whose index of recipes is made already (85 s)."""
    return spack.command("gpg", "create", name, mail, environment=folder)


def list_keys(spack: Spack, folder: str) -> Command:
    """List the keys that sign here and those that are trusted."""
    return spack.command("gpg", "list", "--trusted", "--signing", environment=folder)


def stop_gpg_agent(spack: Spack) -> Command:
    """Stop the gpg agent: it would keep a container, or a pipe, alive for ten minutes."""
    return Command(("env", f"GNUPGHOME={spack.store}/gpg", "gpgconf", "--kill", "all"), timeout_s=20)


def activation(spack: Spack, folder: str) -> Command:
    """Print the shell code that enters an environment."""
    return spack.command("env", "activate", "--sh", "--dir", folder)


def error_lines(done: Completed) -> tuple[str, ...]:
    """Extract the error lines from Spack's output."""
    lines = [line.strip() for line in f"{done.out}\n{done.err}".splitlines()]
    errors = [line.removeprefix("==> ") for line in lines if re.match(r"==> Error: |Error: |\s*>> ", line)]
    return tuple(dict.fromkeys(errors)) or tuple(line for line in lines if line)[-3:]


def hint_of(output: str) -> str:
    """Return the hint for a message of Spack; empty if none is known."""
    return next((hint for word, hint in _HINTS if word in output), "")


def failure(done: Completed, what: str) -> CommandFailedError:
    """Build the error for a failed Spack command."""
    lines = error_lines(done)
    hint = hint_of(f"{done.out}\n{done.err}")
    output = "; ".join(line.removeprefix("Error: ") for line in lines)[:600]
    return CommandFailedError(f"{what}: {output}", hint=hint, command=done.command)
