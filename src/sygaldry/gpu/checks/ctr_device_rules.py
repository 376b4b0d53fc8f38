"""Do the rules of the device cgroup let this process open the device nodes?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, by_hand, root, user
from sygaldry.gpu.checks._judges import ruled_out
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import OUTSIDE_CONTAINER, NotApplicableError, Unknown, known


def _judge(facts: Facts) -> Evidence | None:
    closed = ruled_out(facts)
    inside = known(facts.platform).container
    if not closed and not inside:
        raise NotApplicableError(OUTSIDE_CONTAINER)
    if not closed:
        return None
    number = f" (major {closed[0].major})" if closed[0].major >= 0 else ""
    listed = isinstance(facts.device_rules, Unknown) or facts.device_rules.unified or not facts.device_rules.majors
    how = "opening it is not permitted (EPERM)" if listed else "devices.list has no rule for it"
    return Evidence(f"{closed[0].path}{number}: {how}", _IN_CONTAINER if inside else _ON_HOST)


_IN_CONTAINER: Final = (
    by_hand("start the container again with --gpus all, or --device nvidia.com/gpu=all, which sets the rules"),
    by_hand("LXC: lxc.cgroup2.devices.allow needs the majors of both nvidia and nvidia-uvm, which change on a reload"),
)
_ON_HOST: Final = (
    by_hand("a batch job: ask the scheduler for a GPU (--gres=gpu:1)"),
    user("systemctl show --property DevicePolicy --property DeviceAllow $(ps -o unit= -p $$)"),
)

CHECK: Final = Check(
    id="ctr.device-rules",
    title="The rules of the device cgroup forbid the device nodes",
    severity=Severity.BLOCKS,
    why="The nodes exist, but the cgroup of this process has no rule for them: made by hand, bound without "
    "--device, or by a toolkit that cannot set rules (an old one with the unified hierarchy, a nested engine).",
    steps=(
        user("nvidia-ctk --version"),
        root("apt-get install --only-upgrade nvidia-container-toolkit"),
        root("nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml"),
    ),
    source="NVIDIA/nvidia-docker issue 1447; NVIDIA container toolkit, troubleshooting; lxc.container.conf(5)",
    judge=_judge,
    hides=("ctr.selinux", "ctr.bwrap-dev", "cuda.*", "torch.*", "jax.*"),
)
