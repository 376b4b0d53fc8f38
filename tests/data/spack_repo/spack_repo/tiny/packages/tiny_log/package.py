import os

from spack.package import *
from spack_repo.builtin.build_systems.makefile import MakefilePackage


class TinyLog(MakefilePackage):
    """A library that remembers where it is installed."""

    homepage = "https://example.invalid/tiny-log"
    url = "file://" + os.environ.get("SYGALDRY_TEST_SOURCES", "/nonexistent") + "/tiny-log-1.0.tar"

    version("1.0", sha256="1fd1b2dc708fb9ae31be160c3b0b5549e241ac432da894545d76756a5cf8a2db")

    license("MIT")
    depends_on("c", type="build")

    @property
    def build_targets(self):
        return [f"PREFIX={self.prefix}"]

    @property
    def install_targets(self):
        return ["install", f"PREFIX={self.prefix}"]
