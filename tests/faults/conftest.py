"""Faults need the same worlds as integration tests."""

from tests.integration.conftest import new_world
from tests.integration.docker.conftest import docker_world, engine
from tests.integration.podman.conftest import podman_engine
from tests.integration.sandbox.conftest import sandbox

__all__ = ["docker_world", "engine", "new_world", "podman_engine", "sandbox"]
