import os

from spack.package import *
from spack_repo.builtin.build_systems.makefile import MakefilePackage


class TinyMissing(MakefilePackage):
    """A package whose source is nowhere."""

    homepage = "https://example.invalid/tiny-missing"
    url = "file://" + os.environ.get("SYGALDRY_TEST_SOURCES", "/nonexistent") + "/tiny-missing-1.0.tar"

    version("1.0", sha256="0000000000000000000000000000000000000000000000000000000000000000")

    depends_on("tiny-log", type="run")

    @property
    def build_targets(self):
        return [f"PREFIX={self.prefix}"]

    @property
    def install_targets(self):
        return ["install", f"PREFIX={self.prefix}"]
