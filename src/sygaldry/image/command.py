"""The command that builds the image, and what its output says.

https://docs.docker.com/reference/cli/docker/buildx/build/, with the words that the builder of Docker 20.10 knows too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from sygaldry.image.recipe import DOCKERFILE, Recipe
from sygaldry.image.staleness import made_labels
from sygaldry.model.command import Command

_PROXIES: Final = ("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
# BuildKit numbers and times each line; the old builder colours what was said on stderr.
_LEAD: Final = r"^(?:#\d+ )?(?:[\d.]+ )?(?:\x1b\[\d*m)*"
_OURS: Final = re.compile(_LEAD + r"sygaldry: (?P<text>[^\x1b]{1,400})")
_HINT: Final = re.compile(_LEAD + r" *hint: (?P<text>[^\x1b]{1,400})")
_LAYER: Final = re.compile(r"^ ---> ([0-9a-f]{12})$")
_CONTAINER: Final = re.compile(r"^ ---> Running in ([0-9a-f]{12})$")


def build_command(  # noqa: PLR0913 - each keyword is one word of the command
    engine: str, name: str, recipe: Recipe, context: str, *, mirror: str = "", caller: Iterable[str] = ()
) -> Command:
    """Format the build. A proxy's address may hold a password, so only its name is an argument."""
    arguments = {**recipe.arguments, **({"ARTIFACT_MIRROR": mirror} if mirror else {})}
    proxies = sorted(set(caller) & set(_PROXIES))
    return Command((
        engine, "build", "--force-rm",
        "--tag", name,
        "--file", f"{context}/{DOCKERFILE}",
        *(f"--label={label}={text}" for label, text in made_labels(name, recipe).items()),
        *(f"--build-arg={argument}={text}" for argument, text in arguments.items()),
        *(f"--build-arg={proxy}" for proxy in proxies),
        context,
    ))  # fmt: skip


def spoken(lines: Iterable[str]) -> tuple[str, ...]:
    """Pick what our own scripts told out of an engine's output."""
    return tuple(found["text"].strip() for line in lines if (found := _OURS.match(line.rstrip())))


def cause(lines: Iterable[str]) -> tuple[str, str]:
    """Return why a build failed and its hint, both possibly empty: our scripts' last words, else the engine's."""
    kept = [line.rstrip() for line in lines if line.strip()]
    told = [each for each in spoken(kept) if not each.startswith(("installing ", "fetching ", "failed in "))]
    hints = [found["text"] for line in kept if (found := _HINT.match(line))]
    if told:
        return told[-1], hints[-1] if hints else ""
    return (kept[-1][:300] if kept else ""), ""


def left_behind(lines: Iterable[str], base_id: str) -> Mapping[str, str]:
    """Name what the old builder leaves of a failed build: its last layer, and the container it was running."""
    layer = container = ""
    for line in lines:
        if found := _LAYER.match(line.rstrip()):
            layer, container = found[1], ""
        elif found := _CONTAINER.match(line.rstrip()):
            container = found[1]
    return {"layer": "" if base_id.startswith(layer) else layer, "container": container}
