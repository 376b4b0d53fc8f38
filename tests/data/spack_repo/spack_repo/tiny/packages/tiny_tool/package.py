import os

from spack.package import *
from spack_repo.builtin.build_systems.makefile import MakefilePackage


class TinyTool(MakefilePackage):
    """A program that needs both libraries and a file at run time."""

    homepage = "https://example.invalid/tiny-tool"
    url = "file://" + os.environ.get("SYGALDRY_TEST_SOURCES", "/nonexistent") + "/tiny-tool-1.0.tar"

    version("1.0", sha256="b3118af6f50e0e81b696af2699e7cb4fc3b285e67612fabacec435af2227f1de")

    depends_on("tiny-math")
    depends_on("c", type="build")

    @property
    def build_targets(self):
        return [f"PREFIX={self.prefix}"]

    @property
    def install_targets(self):
        return ["install", f"PREFIX={self.prefix}"]
