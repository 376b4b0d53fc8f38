"""Bazel inside: the README's two lines, two launches at once, leftovers of a killed server, and the Spack view."""

import subprocess
from pathlib import Path

import pytest
from tests.integration.bazel.spack_zlib import install_zlib
from tests.integration.conftest import LAUNCHER, World

pytestmark = pytest.mark.sandbox
# Without links in the checkout, and with a line for each test.
_OPTIONS = ("--symlink_prefix=/", "--color=no", "--curses=no")


def test_the_lines_of_the_readme_build_and_test_targets_without_a_network(bazel_world: World) -> None:
    words = ("-q", "--network", "none", "--", "bazel")
    built = bazel_world.run(*words, "build", *_OPTIONS, "//...")
    assert built.returncode == 0, built.stderr
    done = bazel_world.run(*words, "test", *_OPTIONS, "//...")
    assert done.returncode == 0, done.stderr
    passed = {line.split()[0] for line in done.stdout.splitlines() if "PASSED" in line}
    assert {"//examples/bazel/cpp:dot_test", "//examples/bazel/python:mean_test"} <= passed
    project = next(bazel_world.root.iterdir())
    assert {"disk", "bazel"} <= {path.name for path in (project / "bazel_cache").iterdir()}
    assert not (project / "monorepo_home" / ".cache" / "bazel").exists()
    assert "the project asks for Bazel 6.4.0" in done.stderr, "the version differs here, and that is reported"


def test_a_target_uses_a_package_of_the_spack_lock(bazel_world: World) -> None:
    assert bazel_world.run("-q", "--project-id", "spack", "--", "true").returncode == 0
    install_zlib(bazel_world.root / "spack" / "spack_store")
    done = bazel_world.run(
        "-q", "--project-id", "spack", "--", "bazel", "test", *_OPTIONS, "//examples/bazel/spack/..."
    )
    assert done.returncode == 0, done.stderr
    assert "PASSED" in done.stdout


def test_two_launches_at_once_both_finish(bazel_world: World, small: Path) -> None:
    words = [str(LAUNCHER), "-q", "--workspace", str(small), "--", "bazel", "build", *_OPTIONS, "//:g"]
    both = [
        subprocess.Popen(
            words, env=bazel_world.environment(), stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    answers = [process.communicate(timeout=300)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], answers


def test_a_launch_beside_a_live_server_takes_another_output_base(bazel_world: World, small: Path) -> None:
    build = f"bazel build {' '.join(_OPTIONS)} //:g"
    words = [str(LAUNCHER), "-q", "--workspace", str(small), "--", "bash", "-c", f"{build} && echo built && read -r"]
    with subprocess.Popen(
        words, env=bazel_world.environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "built\n"
        beside = bazel_world.run("-q", "--workspace", str(small), "--", "bash", "-c", build)
        first.communicate("\n")
    assert (first.returncode, beside.returncode) == (0, 0), beside.stderr
    assert "another launch has a Bazel server" in beside.stderr


def test_a_killed_server_and_a_gone_launch_leave_nothing_in_the_way(bazel_world: World, small: Path) -> None:
    servers = "/opt/bazel_cache/bazel/*/server/server.pid.txt"
    build = f"bazel build {' '.join(_OPTIONS)} //:g"
    again = bazel_world.run(
        "-q", "--workspace", str(small), "--", "bash", "-c", f"{build} && kill -9 $(cat {servers}) && {build}"
    )
    assert again.returncode == 0, again.stderr
    later = bazel_world.run("-q", "--workspace", str(small), "--", "bash", "-c", f"{build} && {build}")
    assert later.returncode == 0, later.stderr
    assert "another launch" not in again.stderr + later.stderr, "a launch shares its server with itself"


def test_without_bazel_the_message_says_how_to_get_it(bazel_world: World, small: Path) -> None:
    tools = "/usr/bin/readlink /usr/bin/dirname /bin/bash"
    script = f"mkdir /tmp/t && ln -s {tools} /tmp/t && PATH=/tmp/t exec /opt/sygaldry/container/bin/bazel info"
    words = ("-q", "--workspace", str(small), "--env", "BAZEL_REAL=/nowhere", "--", "bash", "-c", script)
    done = bazel_world.run(*words)
    assert done.returncode == 127
    assert done.stderr.startswith("sygaldry: Bazel not found\n  hint: ")


def test_a_cache_on_nfs_is_reported(bazel_world: World, small: Path) -> None:
    fake = "mkdir /tmp/bin && printf '#!/bin/sh\\necho nfs\\n' >/tmp/bin/stat && chmod +x /tmp/bin/stat"
    script = f"{fake} && PATH=/tmp/bin:$PATH exec bazel --version"
    done = bazel_world.run("-q", "--workspace", str(small), "--", "bash", "-c", script)
    assert done.returncode == 0, done.stderr
    assert "/opt/bazel_cache is on NFS" in done.stderr
    assert "SYGALDRY_STORAGE_ROOT=" in done.stderr
    local = bazel_world.run("-q", "--workspace", str(small), "--", "bazel", "--version")
    assert "NFS" not in local.stderr
