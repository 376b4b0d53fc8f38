"""MODULE.bazel with a real Bazel 7: `./tools/check -s bazel` makes its image from Debian sid and runs this."""

import os
from collections.abc import Callable

import pytest
from tests.integration.bazel.spack_zlib import install_zlib
from tests.integration.conftest import World

pytestmark = [pytest.mark.docker, pytest.mark.slow, pytest.mark.usefixtures("engine")]
_REGISTRY = "/opt/bazel_cache/registry"
_OPTIONS = (f"--registry=file://{_REGISTRY}", "--symlink_prefix=/", "--color=no", "--curses=no", "--lockfile_mode=off")


@pytest.fixture
def bazel_7(new_world: Callable[..., World]) -> World:
    image = os.environ.get("SYGALDRY_TEST_BAZEL_7_IMAGE", "")
    if not image:
        pytest.skip("no image with Bazel 7: ./tools/check -s bazel")
    return new_world(
        SYGALDRY_RUNTIME="docker", SYGALDRY_IMAGE=image, SYGALDRY_TRUST="true", SYGALDRY_PROJECT_ID="modules"
    )


def test_every_target_is_built_and_tested_without_a_network(bazel_7: World) -> None:
    quiet = ("-q", "--network", "none", "--")
    made = bazel_7.run(*quiet, "python3", "/workspace/tests/integration/bazel/debian_registry.py", _REGISTRY)
    assert made.returncode == 0, made.stderr
    install_zlib(bazel_7.root / "modules" / "spack_store")
    done = bazel_7.run(*quiet, "bazel", "test", *_OPTIONS, "//...")
    assert done.returncode == 0, done.stderr
    passed = {line.split()[0] for line in done.stdout.splitlines() if "PASSED" in line}
    assert passed == {
        "//examples/bazel/cpp:dot_test", "//examples/bazel/python:mean_test", "//examples/bazel/spack:zlib_test",
    }  # fmt: skip
    assert ", version 7." in done.stderr
    assert "WORKSPACE.SUFFIX" not in done.stderr
