"""Which engines can be given the GPUs of a host; a machine without any way is not usable by an environment."""

from collections.abc import Iterator

from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import Unknown


def engine_paths(facts: Facts) -> tuple[str, ...]:
    """Name the engines that are there and have a way to give a GPU; one that could not be asked is believed."""
    return tuple(_paths(facts))


def _paths(facts: Facts) -> Iterator[str]:
    has_cdi = isinstance(facts.cdi, Unknown) or bool(facts.cdi)
    if isinstance(facts.docker, Unknown) or (
        facts.docker is not None and ("nvidia" in facts.docker.runtimes or facts.docker.tools or has_cdi)
    ):
        yield "docker"
    if isinstance(facts.podman, Unknown) or (facts.podman and has_cdi):
        yield "podman"
    if facts.apptainer:
        yield "apptainer"
    # Recordings of older versions did not try it.
    if isinstance(facts.sandbox, Unknown) or not facts.sandbox.error:
        yield "sandbox"
