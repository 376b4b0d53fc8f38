"""Query an engine for its images."""

from __future__ import annotations

from sygaldry.host.run import run
from sygaldry.image.names import is_loopback, qualified
from sygaldry.image.staleness import content_of
from sygaldry.model.command import Command, Completed, HttpGet
from sygaldry.model.errors import ImageError, MachineNotReadyError
from sygaldry.model.value import dataclass, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from sygaldry.model.machine import Machine

_ABSENT = ("no such image", "image not known", "no such object")
_PATIENCE_S = 60


@dataclass(frozen=True)
class Image:
    """An image that an engine has. `content` is a digest of its `layers`, `digests` and `tags` its names."""

    identity: str
    content: str = ""
    digests: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    architecture: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    size_bytes: int = 0
    created: str = ""
    layers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Engine:
    """Docker or podman, with the socket that answers in 1 ms where there is one."""

    name: str
    socket: str = ""
    endpoint: str = ""

    def image(self, name: str) -> Image | None:
        """Return an image, or None if the engine does not have it. Raises MachineNotReadyError."""
        if self.socket:
            raw = self.inspect_raw(name)
            return parse_image(raw) if raw else None
        done = run(Command((self.name, "image", "inspect", name), timeout_s=_PATIENCE_S))
        if done.ok:
            return parse_image(done.out)
        if any(word in done.err.lower() for word in _ABSENT):
            return None
        raise self._unreachable_error(done.last_line)

    def reaches(self, name: str) -> bool:
        """Return whether an image could be pulled, without pulling it."""
        if self.socket:
            from sygaldry.host import engine_socket

            return (
                engine_socket.get(HttpGet(self.socket, f"/distribution/{name}/json", timeout_s=_PATIENCE_S)).status
                == 200
            )
        insecure = ("--tls-verify=false",) if is_loopback(name) else ()
        return run(
            Command((self.name, "manifest", "inspect", *insecure, qualified(name, self.name)), timeout_s=_PATIENCE_S)
        ).ok

    def remove(self, identity: str) -> Completed:
        """Remove an image, unless a container uses it."""
        return run(Command((self.name, "rmi", identity)))

    def inspect_raw(self, name: str) -> str:
        """Return the raw JSON of an image from the socket; empty if it does not exist. Raises MachineNotReadyError."""
        from sygaldry.host import engine_socket

        answer = engine_socket.get(HttpGet(self.socket, f"/images/{name}/json"))
        if answer.status == 200:
            return answer.body
        if answer.status == 404:
            return ""
        raise self._unreachable_error(answer.error or f"it answers {answer.status}")

    def _unreachable_error(self, message: str) -> MachineNotReadyError:
        return MachineNotReadyError(
            f"{self.name} cannot list its images: {message}", hint="check it: sygaldry runtimes"
        )


def engine_for(name: str, machine: Machine) -> Engine:
    """Return the engine of that name on this machine."""
    return Engine(name, machine.docker_socket if name == "docker" else "", _endpoint(name, machine))


def _endpoint(name: str, machine: Machine) -> str:
    """Identify an engine on this host: podman's storage is per user, docker's daemon is shared."""
    import os

    if name != "docker":
        return f"{name} {machine.uid}"
    return machine.docker_socket or os.environ.get("DOCKER_HOST") or os.environ.get("DOCKER_CONTEXT") or "context"


def parse_image(text: str) -> Image:
    """Read what an engine answers about an image: a table, or a list of one. Raises ImageError."""
    from json import loads  # 20 ms with its imports

    try:
        answer = loads(text)
        description = answer[0] if isinstance(answer, list) else answer
        config = description.get("Config") or {}
        labels = {str(key): str(value) for key, value in (config.get("Labels") or {}).items()}
        size, created = int(description.get("Size", 0)), str(description.get("Created", ""))
        identity = str(description.get("Id") or "")
        layers = [str(each) for each in (description.get("RootFS") or {}).get("Layers") or ()]
        digests = tuple(str(each) for each in description.get("RepoDigests") or ())
        tags = tuple(str(each) for each in description.get("RepoTags") or ())
        architecture = str(description.get("Architecture") or "")
    except (ValueError, TypeError, AttributeError, IndexError, OverflowError, RecursionError) as error:
        raise ImageError(f"the engine's answer about an image cannot be read: {type(error).__name__}") from error
    if not identity:
        raise ImageError("the engine described an image without an id")
    return Image(
        identity.removeprefix("sha256:"),
        content_of(layers),
        digests,
        tags,
        architecture,
        labels,
        size,
        created,
        tuple(layers),
    )
