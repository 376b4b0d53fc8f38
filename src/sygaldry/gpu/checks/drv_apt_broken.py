"""Did every driver package finish installing?"""

from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Reboot, Severity, root, user
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import known


def _judge(facts: Facts) -> Evidence | None:
    versions = known(facts.packages).versions
    half = sorted(
        f"{name} ({state} {version})" for name, (state, version) in versions.items() if state[1:2] in tuple("UFHWt")
    )
    return Evidence(f"{len(half)} unfinished: {', '.join(half[:3])}") if half else None


CHECK: Final = Check(
    id="drv.apt-broken",
    title="Driver packages are half installed",
    severity=Severity.BLOCKS,
    why="An interrupted upgrade, or packages of Ubuntu's and of CUDA's repository on top of each other. Finish "
    "one branch from one repository.",
    steps=(
        root("dpkg --configure -a"),
        root("apt-get --fix-broken install"),
        user("dpkg -l '*nvidia*' | grep -v ^ii"),
    ),
    source="field report: trying to overwrite sandboxutils-filelist.json",
    judge=_judge,
    reboot=Reboot.MAYBE,
)
