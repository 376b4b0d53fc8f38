"""The real Docker, as for launches."""

from tests.integration.docker.conftest import docker_world, engine

__all__ = ["docker_world", "engine"]
