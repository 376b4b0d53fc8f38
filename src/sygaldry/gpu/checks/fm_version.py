"""Is the fabric manager of the driver's version?"""

from shlex import quote
from typing import Final

from sygaldry.gpu.checks import Check, Evidence, Severity, by_hand, root
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.unknown import NotApplicableError, known
from sygaldry.gpu.versions import same_driver


def _judge(facts: Facts) -> Evidence | None:
    versions = known(facts.packages).versions
    found = [
        (name, version) for name, (state, version) in versions.items() if "fabricmanager" in name and state == "ii"
    ]
    if not found or not facts.driver:
        raise NotApplicableError("no fabric manager is installed")
    name, version = found[0]
    if same_driver(facts.driver, version):
        return None
    return Evidence(
        f"{name} is {version}, the driver is {facts.driver}",
        (root(f"apt-get install {quote(f'{name}={facts.driver}*')}"), *_RESTART),
    )


_RESTART = (root("systemctl restart nvidia-fabricmanager"),)

CHECK: Final = Check(
    id="fm.version",
    title="The fabric manager is of another version than the driver",
    severity=Severity.BLOCKS,
    why="It refuses to work unless its version is exactly the driver's.",
    steps=(by_hand("install nvidia-fabricmanager of the driver's exact version"), *_RESTART),
    source="packages.ubuntu.com, dependency of nvidia-fabricmanager; Talos documentation",
    judge=_judge,
    hides=("fm.down", "cuda.*", "torch.*", "jax.*"),
)
