"""The build of a project's own Dockerfile, which its devcontainer.json names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sygaldry.image.builder import BUILDKIT, LEGACY
from sygaldry.image.key import fingerprint
from sygaldry.model.command import Command

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sygaldry.model.devcontainer import DevcontainerBuild

KEY: Final = "dev.sygaldry.devcontainer"
_PROXIES: Final = ("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")


def project_key(build: DevcontainerBuild, dockerfile: bytes, files: Mapping[str, bytes]) -> str:
    """Return the digest of what the image is made from; `files` are those of the context that are compared."""
    digests = sorted((name, fingerprint(content)) for name, content in files.items())
    return fingerprint(repr((fingerprint(dockerfile), sorted(build.arguments.items()), build.target, digests)).encode())


def project_command(
    engine: str, builder: str, build: DevcontainerBuild, key: str, caller: Iterable[str] = ()
) -> Command:
    """Format the build. Proxies of the caller are passed by name, because their addresses may hold a password."""
    return Command((
        *({BUILDKIT: ("env", "DOCKER_BUILDKIT=1"), LEGACY: ("env", "DOCKER_BUILDKIT=0")}.get(builder, ())),
        engine, "build",
        *(["--progress=plain"] if builder == BUILDKIT else ["--force-rm"]),
        "--tag", build.name,
        "--file", build.dockerfile,
        f"--label={KEY}={key}",
        *(f"--build-arg={name}={value}" for name, value in build.arguments.items()),
        *(f"--build-arg={name}" for name in sorted(set(_PROXIES) & set(caller))),
        *(["--target", build.target] if build.target else []),
        build.context,
    ))  # fmt: skip
