"""What a launch takes from the devcontainer.json of a project, as a value."""

from __future__ import annotations

from sygaldry.model.value import dataclass, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

# The first words of a file that `sygaldry devcontainer` wrote. It describes our own launch, so it is not read back.
GENERATED = "// Written by `sygaldry devcontainer`"

SHELL = ("/bin/sh", "-c")  # before a command that is a line of text


@dataclass(frozen=True)
class DevcontainerBuild:
    """A Dockerfile of the project; paths are absolute, `name` is that of the image that it makes."""

    name: str
    dockerfile: str
    context: str
    arguments: Mapping[str, str] = field(default_factory=dict)
    target: str = ""


@dataclass(frozen=True)
class ProjectCommand:
    """A command that runs once per workspace, and the key of the file that has it."""

    key: str
    argv: tuple[str, ...]


@dataclass(frozen=True)
class Devcontainer:
    """The supported keys of a devcontainer.json.

    `environment` holds values, `passed` names of the caller's variables, and `expanded` values that refer to
    variables of the container. `text` is what consent is given to: the file, and the Dockerfile of its build.
    `settings` are values of settings by name. `volumes` are NAME:TARGET[:ro], folders of the project's storage.
    `options` are options of `docker run` and `podman run`. `commands` lists what runs once, in its order. `ignored`
    names the keys without effect. `wants` describes what needs the caller's consent; nothing is used before it is
    `accepted`, and the file of another user is left out without an error.
    """

    path: str
    text: str = ""
    image: str = ""
    build: DevcontainerBuild | None = None
    mounts: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    passed: tuple[str, ...] = ()
    expanded: Mapping[str, str] = field(default_factory=dict)
    ports: tuple[str, ...] = ()
    user: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
    options: tuple[str, ...] = ()
    commands: tuple[ProjectCommand, ...] = ()
    ignored: tuple[str, ...] = ()
    wants: tuple[str, ...] = ()
    accepted: bool = False
    is_foreign: bool = False


def without_shell(command: tuple[str, ...]) -> tuple[str, ...]:
    """Return a command as its author wrote it."""
    return command[len(SHELL) :] if command[: len(SHELL)] == SHELL else command
