import os

from spack.package import *
from spack_repo.builtin.build_systems.makefile import MakefilePackage


class TinyBroken(MakefilePackage):
    """A package that does not compile."""

    homepage = "https://example.invalid/tiny-broken"
    url = "file://" + os.environ.get("SYGALDRY_TEST_SOURCES", "/nonexistent") + "/tiny-broken-1.0.tar"

    version("1.0", sha256="a842afd35b3de0e5ff9a1476c8845a884c091e0f72917fa2c3911311301c8433")

    depends_on("tiny-log")
    depends_on("c", type="build")

    @property
    def build_targets(self):
        return [f"PREFIX={self.prefix}"]

    @property
    def install_targets(self):
        return ["install", f"PREFIX={self.prefix}"]
