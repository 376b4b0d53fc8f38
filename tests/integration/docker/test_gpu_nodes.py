"""A real device cgroup keeps a container from a node: the collector sees EPERM, and the diagnosis names the rules."""

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from tests.integration.docker.conftest import Engine

from sygaldry.flows.gpu.collect import collect
from sygaldry.gpu import checks
from sygaldry.gpu.facts import Facts, read
from sygaldry.gpu.gpus import Gpu
from sygaldry.gpu.probes.kernel import Kernel
from sygaldry.gpu.probes.nvml import Nvml
from sygaldry.model.command import Command, Completed

LOOK = Path(__file__).parents[3] / "src" / "sygaldry" / "gpu" / "programs" / "look.py"
MAJOR = 195
_KERNEL = Kernel("6.1.0", "575.57.08", "575.57.08", "open", frozenset({"nvidia"}), ())


def facts_in_a_container(engine: Engine, user: str, *options: str) -> Facts:
    """Make a node of NVIDIA's major in a container and look at it there, with the host's own Python."""
    make = f"mknod -m 666 /host/dev/nvidia0 c {MAJOR} 0"
    script = f"{make}; exec chroot --userspec={user} /host /usr/bin/python3 -I -S /tmp/look.py"
    mounts = ("-v", "/:/host:ro", "--tmpfs", "/host/dev:dev", "--tmpfs", "/host/tmp", "-v", f"{LOOK}:/host/tmp/look.py")

    def run(command: Command) -> Completed:
        argv = ["docker", "run", "--rm", "-i", *mounts, *options, engine.base, "sh", "-c", script]
        done = subprocess.run(argv, input=command.input, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        return Completed(command, 0, done.stdout)

    facts = read(collect(("nodes", "platform"), run=run, environment={"container": "docker"}))
    return replace(facts, kernel=_KERNEL, nvml=Nvml(0, "575.57.08", (12, 9), 0, (Gpu(0),)))


def finding(facts: Facts, name: str) -> str:
    judge = next(check.judge for check in checks.every() if check.id == name)
    assert judge is not None
    found = judge(facts)
    return found.text if found else ""


@pytest.mark.parametrize("user", ["0:0", "65534:65534"], ids=["root", "user"])
def test_a_node_without_a_rule_is_not_permitted(engine: Engine, user: str) -> None:
    facts = facts_in_a_container(engine, user)
    assert finding(facts, "ctr.device-rules") == "/dev/nvidia0 (major 195): opening it is not permitted (EPERM)"
    assert finding(facts, "ctr.selinux") == ""


def test_a_node_with_a_rule_and_no_driver_behind_it_opens_no_device(engine: Engine) -> None:
    facts = facts_in_a_container(engine, "65534:65534", "--device-cgroup-rule", f"c {MAJOR}:* rwm")
    assert finding(facts, "ctr.device-rules") == ""
    assert finding(facts, "drv.node-stale") == "/dev/nvidia0 opens no device: no-such-device-or-address"
