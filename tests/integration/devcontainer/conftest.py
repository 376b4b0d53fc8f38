"""The real Docker and the sandbox, as for launches."""

from tests.integration.docker.conftest import docker_world, engine
from tests.integration.sandbox.conftest import sandbox

__all__ = ["docker_world", "engine", "sandbox"]
