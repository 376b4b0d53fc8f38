import os

from spack.package import *
from spack_repo.builtin.build_systems.cmake import CMakePackage


class TinyMath(CMakePackage):
    """A library over tiny-log, built by CMake."""

    homepage = "https://example.invalid/tiny-math"
    url = "file://" + os.environ.get("SYGALDRY_TEST_SOURCES", "/nonexistent") + "/tiny-math-1.0.tar"

    version("1.0", sha256="b8980b90fc97d947939874c8e173fb8962d2b98ea951b275c07825f7e06b6fa7")

    license("MIT")

    depends_on("tiny-log")
    depends_on("c", type="build")
