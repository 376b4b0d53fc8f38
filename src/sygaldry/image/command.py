"""The command that builds the image, and the parsers of its output.

https://docs.docker.com/reference/cli/docker/buildx/build/, limited to the options that the builder of Docker 20.10 has.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from sygaldry.image import labels
from sygaldry.image.builder import BUILDKIT, LEGACY
from sygaldry.image.recipe import DOCKERFILE, EPOCH, STEPS, Recipe
from sygaldry.image.staleness import made_labels
from sygaldry.model.command import Command
from sygaldry.model.value import dataclass, field

_PROXIES: Final = ("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
_LOOPBACK: Final = re.compile(r"https?://(127\.|localhost\b|\[::1\])")
# BuildKit puts a number and a time before each line; the legacy builder colours stderr.
_LEAD: Final = r"^(?:#\d+ )?(?:[\d.]+ )?(?:\x1b\[\d*m)*"
_OURS: Final = re.compile(_LEAD + r"sygaldry: (?P<text>[^\x1b]{1,400})")
_HINT: Final = re.compile(_LEAD + r" *hint: (?P<text>[^\x1b]{1,400})")
_PROGRESS: Final = ("installing ", "fetching ", "failed in ")
# The real error of an engine, which is seldom its last line.
_ERRORS: Final = (
    (re.compile(r"no space left on device|disk quota exceeded|ENOSPC", re.IGNORECASE), "free space for the engine"),
    (re.compile(r"toomanyrequests|unauthorized: |denied: ", re.IGNORECASE), "log in to the registry of the base"),
    (re.compile(r"buildx component is missing or broken", re.IGNORECASE), "install docker-buildx"),
    (re.compile(r"^(?:\x1b\[\d*m)*(?:E: |error: |ERROR: |Error: |fatal: )"), ""),
)
_STARTED_CONTAINER: Final = re.compile(r"^ ---> Running in (?P<id>[0-9a-f]{12})$")
_CREATED_LAYER: Final = re.compile(r"^(?: --->|-->) (?P<id>[0-9a-f]{11,64})$")


@dataclass(frozen=True)
class Build:
    """One build: an id that nothing else has, its builder, and the files of its secrets by name.

    `settings_host` is the address of the host's helper that serves the secrets to the legacy builder. `annotations` are
    labels that describe the image and do not decide whether it is fresh.
    """

    identity: str
    builder: str
    secrets: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    settings_host: str = ""
    host_network: bool = False
    no_cache: bool = False

    @property
    def mark(self) -> str:
        """The name in /etc/hosts by which the containers of this build are known."""
        return f"sygaldry-build-{self.identity}"


def build_command(  # noqa: PLR0913 - each keyword is one part of the command
    engine: str, name: str, recipe: Recipe, context: str, build: Build, *, caller: Mapping[str, str] | None = None
) -> Command:
    """Format the build; `caller` is the caller's environment.

    The address of a proxy may contain a password, so the argument is only its name. Mirrors and certificates are
    secrets of the build, so that neither the arguments nor the history of the image show them.
    """
    known = {each: text for each, text in (caller or {}).items() if text}
    passed = sorted(set(known) & set(_PROXIES))
    loopback = build.host_network or any(_LOOPBACK.match(known[each]) for each in passed)
    return Command((
        *({BUILDKIT: ("env", "DOCKER_BUILDKIT=1"), LEGACY: ("env", "DOCKER_BUILDKIT=0")}.get(build.builder, ())),
        engine, "build",
        *_builder_options(build),
        *(["--no-cache"] if build.no_cache else []),
        "--tag", name,
        "--file", f"{context}/{DOCKERFILE}",
        *(f"--label={label}={text}" for label, text in {**build.annotations, **made_labels(name, recipe)}.items()),
        f"--label={labels.BUILD}={build.identity}",
        *(f"--build-arg={argument}={text}" for argument, text in _arguments(recipe).items()),
        *(f"--build-arg={each}" for each in passed),
        # A loopback address can only mean the host.
        *(["--network=host"] if loopback else []),
        context,
    ))  # fmt: skip


def is_loopback(address: str) -> bool:
    """Return whether an address is on this host."""
    return bool(_LOOPBACK.match(address))


def script_messages(lines: Iterable[str]) -> tuple[str, ...]:
    """Return the messages of our own scripts in the output of an engine."""
    return tuple(found["text"].strip() for line in lines if (found := _OURS.match(line.rstrip())))


def failure_cause(lines: Iterable[str]) -> tuple[str, str]:
    """Return why a build failed and a hint: our scripts' last message, else the engine's error, else its last line."""
    kept = [line.rstrip() for line in lines if line.strip()]
    for pattern, hint in _ERRORS[:-1]:
        if line := next((line for line in kept if pattern.search(line)), ""):
            return line.strip()[:300], hint
    messages = [each for each in script_messages(kept) if not each.startswith(_PROGRESS)]
    hints = [found["text"] for line in kept if (found := _HINT.match(line))]
    if messages:
        return messages[-1], hints[-1] if hints else ""
    errors = [line for line in kept if _ERRORS[-1][0].search(line)]
    return ((errors or kept or [""])[-1].strip()[:300], "")


def started_containers(lines: Iterable[str]) -> tuple[str, ...]:
    """Return the ids of the containers that the legacy builder started for a build."""
    return tuple(found["id"] for line in lines if (found := _STARTED_CONTAINER.match(line.rstrip())))


def created_layers(lines: Iterable[str]) -> tuple[str, ...]:
    """Return the ids of the images that a build created; those taken from the cache belong to another build."""
    return tuple(_created(lines))


def _created(lines: Iterable[str]) -> Iterator[str]:
    is_cached = False
    for line in lines:
        found = _CREATED_LAYER.match(line.rstrip())
        if found and not is_cached:
            yield found["id"]
        is_cached = "Using cache" in line


def _builder_options(build: Build) -> tuple[str, ...]:
    if build.builder == LEGACY:
        hosts = (f"--add-host={build.mark}:127.0.0.1",)
        helper = (f"--add-host={build.settings_host}",) if build.settings_host else ()
        return ("--force-rm", *hosts, *helper)
    secrets = tuple(f"--secret=id={name},src={path}" for name, path in build.secrets.items())
    # Podman writes /run/.containerenv for each step, which only this option hides: it sets the time of every file.
    podman = ("--force-rm", f"--timestamp={EPOCH}")
    return ("--progress=plain", *secrets) if build.builder == BUILDKIT else (*podman, *secrets)


def _arguments(recipe: Recipe) -> dict[str, str]:
    """Return the build arguments: a switch for each toolchain, so that a change keeps the layers of the others."""
    toolchains = frozenset(recipe.arguments.get("TOOLCHAINS", "none").split())
    switches = {f"WITH_{name.upper()}": "yes" if name in toolchains else "no" for name in STEPS}
    base = "yes" if toolchains - {"none"} else "no"
    versions = {name: text for name, text in recipe.arguments.items() if name != "TOOLCHAINS"}
    packages = "yes" if recipe.arguments.get("PACKAGES") else "no"
    return {**versions, "SOURCE_DATE_EPOCH": str(EPOCH), "WITH_BASE": base, **switches, "WITH_PACKAGES": packages}
