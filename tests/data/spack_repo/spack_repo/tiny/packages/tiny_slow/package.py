import os

from spack.package import *
from spack_repo.builtin.build_systems.makefile import MakefilePackage


class TinySlow(MakefilePackage):
    """A package that takes its time, to be interrupted."""

    homepage = "https://example.invalid/tiny-slow"
    url = "file://" + os.environ.get("SYGALDRY_TEST_SOURCES", "/nonexistent") + "/tiny-slow-1.0.tar"

    version("1.0", sha256="d37ac91fcf7b3825ef2baad66bb237060974a56336530ea9dc8cba371f9a9e9b")

    depends_on("tiny-log", type="run")

    @property
    def build_targets(self):
        return [f"PREFIX={self.prefix}"]

    @property
    def install_targets(self):
        return ["install", f"PREFIX={self.prefix}"]
