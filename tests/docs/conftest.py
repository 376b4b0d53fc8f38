"""Documents need the same worlds as integration tests."""

from tests.integration.conftest import new_world
from tests.integration.sandbox.conftest import sandbox

__all__ = ["new_world", "sandbox"]
