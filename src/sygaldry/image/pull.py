"""The command that pulls an image, and the parsers of its output.

https://docs.docker.com/reference/cli/docker/image/pull/, https://docs.podman.io/en/latest/markdown/podman-pull.1.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from sygaldry.image.names import is_loopback, qualified, registry_of
from sygaldry.model.command import Command

if TYPE_CHECKING:
    from collections.abc import Iterable

_BEGUN: Final = re.compile(
    r"^(?P<layer>[0-9a-f]{12}): Pulling fs layer|^Copying blob (?:sha256:)?(?P<blob>[0-9a-f]{12})"
)
_DONE: Final = re.compile(
    r"^(?P<layer>[0-9a-f]{12}): (?:Pull complete|Already exists)|^Copying blob (?:sha256:)?(?P<blob>[0-9a-f]{12})"
    r".* done"
)


def _status(code: int) -> str:
    """Return the pattern of a status of HTTP, which is no part of a port, a digest or a name."""
    return rf"(?<![\w:.@/-]){code}(?![\w@/-]|\.\d)"


# The first pattern that matches any line of the output is the cause.
_CAUSES: Final = (
    (r"no space left on device", "the disk of the engine is full", "free space: {engine} system df"),
    (
        r"unauthorized|authentication required|denied: |no basic auth|incorrect username or password|" + _status(401),
        "the registry refused the credentials, or needs some",
        "log in and try again: {login}",
    ),
    (
        r"certificate has expired|certificate is not yet valid",
        "the certificate of the registry has expired",
        "ask the operator of {registry} to renew it",
    ),
    (
        r"x509: |certificate signed by unknown authority|tls: ",
        "the certificate of the registry is not trusted",
        "install the site's certificate authority for {engine}: /etc/docker/certs.d/{registry}/ca.crt",
    ),
    (
        r"no matching manifest|no child with platform|no image found .* for architecture|choosing image instance",
        "the image exists, but not for this architecture",
        "choose an image for {architecture}, or build one: --build",
    ),
    (
        r"manifest unknown|not found|name unknown|repository does not exist|" + _status(404),
        "the registry has no such image",
        "check the name and the tag; to build an image under this name: --build",
    ),
    (
        r"server gave HTTP response to HTTPS client",
        "the registry speaks plain HTTP",
        "declare it in the engine's settings as an insecure registry: {registry}",
    ),
    (
        r"connection refused|no such host|i/o timeout|deadline exceeded|network is unreachable|server misbehaving",
        "the registry cannot be reached",
        "check the network and the name of the registry, {registry}",
    ),
)


def pull_command(engine: str, name: str) -> Command:
    """Format the pull; credentials are the engine's own, from its login."""
    # Docker uses plain HTTP for a registry on this host by itself.
    insecure = ("--tls-verify=false",) if engine == "podman" and is_loopback(name) else ()
    return Command((engine, "pull", *insecure, qualified(name, engine)))


def progress(lines: Iterable[str]) -> tuple[int, int]:
    """Return the number of layers that are complete and the number that have begun."""
    begun: set[str] = set()
    done: set[str] = set()
    for line in lines:
        if found := _BEGUN.match(line):
            begun.add(found["layer"] or found["blob"])
        if found := _DONE.match(line):
            done.add(found["layer"] or found["blob"])
    return len(done), len(begun | done)


def failure_cause(lines: Iterable[str], engine: str, name: str, architecture: str) -> tuple[str, str]:
    """Return why a pull failed, and a hint."""
    kept = [line.strip() for line in lines if line.strip()]
    text = "\n".join(kept)
    registry = registry_of(name) or "docker.io"
    is_apptainer = engine == "apptainer"
    login = f"apptainer registry login docker://{registry}" if is_apptainer else f"{engine} login {registry}"
    facts = {"engine": engine, "registry": registry, "architecture": architecture, "login": login}
    for pattern, cause, hint in _CAUSES:
        if re.search(pattern, text, re.IGNORECASE):
            return cause, hint.format(**facts)
    by_hand = f"apptainer pull docker://{name}" if is_apptainer else f"{engine} pull {qualified(name, engine)}"
    return (kept[-1][:300] if kept else "no message"), f"try it by hand: {by_hand}"
