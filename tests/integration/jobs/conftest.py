"""Jobs on real runtimes."""

from tests.integration.sandbox.conftest import sandbox

__all__ = ["sandbox"]
