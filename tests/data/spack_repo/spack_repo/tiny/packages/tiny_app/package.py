import os

from spack.package import *
from spack_repo.builtin.build_systems.makefile import MakefilePackage


class TinyApp(MakefilePackage):
    """A package over one that fails."""

    homepage = "https://example.invalid/tiny-app"
    url = "file://" + os.environ.get("SYGALDRY_TEST_SOURCES", "/nonexistent") + "/tiny-app-1.0.tar"

    version("1.0", sha256="1f5e7cfc54b40586813f1f5c0e8c89cf8a0fb031066aa049507292fb5b5c459d")

    depends_on("tiny-broken", type="run")

    @property
    def build_targets(self):
        return [f"PREFIX={self.prefix}"]

    @property
    def install_targets(self):
        return ["install", f"PREFIX={self.prefix}"]
