"""The name of an image: whose it is, and which registry has it."""

from __future__ import annotations

OWN_PREFIX = "sygaldry/"  # an image under it is built here; every other name is pulled
CUDA_PREFIX = f"{OWN_PREFIX}cuda:"  # a CUDA base from wheels


def is_own(name: str) -> bool:
    """Return whether a name belongs to this project: such an image is built, never pulled."""
    return name.startswith(OWN_PREFIX) and "@" not in name


def registry_of(name: str) -> str:
    """Return the registry in a name, or an empty string: a first part with a dot, a colon, or localhost."""
    first, slash, _ = name.partition("/")
    return first if slash and ("." in first or ":" in first or first == "localhost") else ""


def is_loopback(name: str) -> bool:
    """Return whether the registry of a name is on this host; engines use plain HTTP for it."""
    host = registry_of(name).partition(":")[0]
    return host == "localhost" or host.startswith("127.")


def qualified(name: str, engine: str) -> str:
    """Return the full name of an image: podman, unlike docker, has no default registry."""
    if engine == "docker" or registry_of(name):
        return name
    return f"docker.io/{name if '/' in name else f'library/{name}'}"


def is_digest(name: str) -> bool:
    """Return whether a name fixes the content of the image."""
    return "@sha256:" in name


def tag_of(name: str) -> str:
    """Return the tag of a name with its colon, or an empty string; the colon of a port is no tag's."""
    last = name.partition("@")[0].rpartition("/")[2]
    return "".join(last.partition(":")[1:])


def repository_of(name: str) -> str:
    """Return a name without its registry, tag and digest."""
    plain = name.partition("@")[0].removesuffix(tag_of(name))
    return plain.removeprefix(f"{registry_of(name)}/")
