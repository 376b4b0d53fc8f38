"""The toolchain `tools`: what a developer expects inside, built for real from the Debian mirror."""

import os
import shlex
from dataclasses import replace

import pytest
from tests.integration.conftest import CHECKOUT, World
from tests.integration.docker.conftest import Engine, docker

pytestmark = [pytest.mark.docker, pytest.mark.network, pytest.mark.slow]
PROGRAMS = (
    "vim.tiny",
    "nano",
    "gdb",
    "strace",
    "tmux",
    "man",
    "cmake",
    "ninja",
    "pkg-config",
    "rsync",
    "wget",
    "jq",
    "zstd",
    "clangd",
    "clang-format",
    "lldb",
    "ip",
    "lsof",
)  # fmt: skip


def test_every_promised_program_has_its_package_in_the_plan() -> None:
    text = (CHECKOUT / "container" / "image" / "tools.sh").read_text()
    packages = {"ninja": "ninja-build", "vim.tiny": "vim-tiny", "man": "man-db", "ip": "iproute2"}
    for each in (*PROGRAMS, "bash-completion"):
        assert f" {packages.get(each, each)}" in text, each


def test_a_step_keeps_its_temporary_folder_when_a_subshell_fails(engine: Engine) -> None:
    step = 'found=$(grep nothing /dev/null; true)\ntouch "$scratch/mine"\necho "found $found."\n'
    script = (
        f"cp /image/step.sh /root/ && printf %s {shlex.quote(step)} >/root/probe.sh && exec bash /root/step.sh probe"
    )
    volume = f"--volume={CHECKOUT / 'container' / 'image'}:/image:ro"
    done = docker("run", "--rm", volume, engine.base, "bash", "-c", script)
    assert (done.returncode, done.stdout) == (0, "found .\n"), done.stderr
    failing = script.replace("grep nothing /dev/null; true", "false")
    done = docker("run", "--rm", volume, engine.base, "bash", "-c", failing)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("sygaldry: failed in line 1 of probe.sh") == 1, done.stderr


@pytest.mark.skipif(not os.environ.get("SYGALDRY_TEST_IMAGE"), reason="minutes and a GB: ./tools/check -s image")
def test_the_programs_run_and_the_manual_has_the_pages_of_the_base(own_image: World) -> None:
    done = replace(own_image, timeout_s=1500.0).sygaldry("image", "build", SYGALDRY_TOOLCHAINS="tools")
    assert done.returncode == 0, done.stderr
    script = f"""
        for each in {" ".join(PROGRAMS)}; do command -v "$each" >/dev/null || echo "missing $each"; done
        for each in tar ls git "2 open"; do man -w $each >/dev/null || echo "no page $each"; done
        test -r /usr/share/bash-completion/bash_completion || echo "no completion"
        for each in gdb clangd lldb cmake; do $each --version >/dev/null || echo "broken $each"; done
        test ! -s /etc/machine-id || echo "a machine id"
        ls /var/lib/apt/lists/*_Packages /var/log/*.log 2>/dev/null
        true"""
    inside = docker("run", "--rm", own_image.variables["SYGALDRY_IMAGE"], "bash", "-c", script)
    assert (inside.returncode, inside.stdout, inside.stderr) == (0, "", "")
