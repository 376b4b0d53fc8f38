"""Is the toolkit's repository listed twice?"""

from typing import Final

from sygaldry.gpu.checks import Check, Severity, by_hand, user

CHECK: Final = Check(
    id="ctr.apt-signedby",
    title="The toolkit's repository is listed twice",
    severity=Severity.WARNING,
    why="Two list files name different keys for it, so apt updates nothing at all.",
    steps=(
        user("grep -l nvidia.github.io /etc/apt/sources.list.d/*"),
        by_hand("delete all of them but one, then: sudo apt-get update"),
    ),
    source="NVIDIA container toolkit, troubleshooting",
)
