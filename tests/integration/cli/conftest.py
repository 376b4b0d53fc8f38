"""Some tests of the command line need the sandbox."""

from tests.integration.sandbox.conftest import sandbox

__all__ = ["sandbox"]
