"""The command that builds the image, and the parsers of its output.

https://docs.docker.com/reference/cli/docker/buildx/build/, limited to the options that the builder of Docker 20.10 has.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from sygaldry.image import labels
from sygaldry.image.recipe import DOCKERFILE, Recipe
from sygaldry.image.staleness import made_labels
from sygaldry.model.command import Command

_PROXIES: Final = ("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
_INDEX: Final = "PIP_INDEX_URL"
_LOOPBACK: Final = re.compile(r"https?://(127\.|localhost\b|\[::1\])")
# BuildKit puts a number and a time before each line; the legacy builder colours stderr.
_LEAD: Final = r"^(?:#\d+ )?(?:[\d.]+ )?(?:\x1b\[\d*m)*"
_OURS: Final = re.compile(_LEAD + r"sygaldry: (?P<text>[^\x1b]{1,400})")
_HINT: Final = re.compile(_LEAD + r" *hint: (?P<text>[^\x1b]{1,400})")


def build_command(  # noqa: PLR0913 - each keyword is one word of the command
    engine: str, name: str, recipe: Recipe, context: str, *, mirror: str = "", caller: Mapping[str, str] | None = None
) -> Command:
    """Format the build; `caller` is the caller's environment.

    The address of a proxy may contain a password, so the argument is only its name. A package index with a password
    is left out, because the history of the image would show it.
    """
    arguments = {"IMAGE_NAME": name, **recipe.arguments, **({"ARTIFACT_MIRROR": mirror} if mirror else {})}
    known = {each: text for each, text in (caller or {}).items() if text}
    passed = sorted(set(known) & set(_PROXIES))
    if "@" not in known.get(_INDEX, "@"):
        passed.append(_INDEX)
    addresses = (mirror, *(known[each] for each in passed))
    return Command((
        engine, "build", "--force-rm",
        "--tag", name,
        "--file", f"{context}/{DOCKERFILE}",
        *(f"--label={label}={text}" for label, text in made_labels(name, recipe).items()),
        *(f"--build-arg={argument}={text}" for argument, text in arguments.items()),
        *(f"--build-arg={each}" for each in passed),
        # A loopback address can only mean the host.
        *(["--network=host"] if any(_LOOPBACK.match(each) for each in addresses) else []),
        context,
    ))  # fmt: skip


def script_messages(lines: Iterable[str]) -> tuple[str, ...]:
    """Return the messages of our own scripts in the output of an engine."""
    return tuple(found["text"].strip() for line in lines if (found := _OURS.match(line.rstrip())))


def cause(lines: Iterable[str]) -> tuple[str, str]:
    """Return why a build failed and a hint; the last message of our scripts counts before that of the engine."""
    kept = [line.rstrip() for line in lines if line.strip()]
    messages = [
        each for each in script_messages(kept) if not each.startswith(("installing ", "fetching ", "failed in "))
    ]
    hints = [found["text"] for line in kept if (found := _HINT.match(line))]
    if messages:
        return messages[-1], hints[-1] if hints else ""
    return (kept[-1][:300] if kept else ""), ""


def containers(engine: str, name: str, *, launched: bool = False) -> Command:
    """Format the query for the containers of an image, or only for those of launches."""
    project = ("--filter", f"label={labels.PROJECT}") if launched else ()
    return Command((engine, "ps", "--all", "--quiet", "--filter", f"label={labels.NAME}={name}", *project))


def dangling_layers(engine: str, name: str) -> Command:
    """Format the query for the untagged layers that a build of an image left."""
    ours = f"label={labels.NAME}={name}"
    return Command((engine, "images", "--quiet", "--filter", "dangling=true", "--filter", ours))
