"""What the checks of Xid events share: find the events, tell the first, and what NVIDIA advises.

https://docs.nvidia.com/deploy/xid-errors/ ; actions as in the catalogue that leptonai/gpud carries (October 2025).
"""

from sygaldry.gpu.checks import Sign
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.known import known

RECOVERY_CHANGED = 154


def xid_sign(facts: Facts, *numbers: int) -> Sign | None:
    """Find events with these numbers since the module was loaded."""
    log = known(facts.kernel_log)
    found = [xid for xid in log.xids if xid.number in numbers]
    if not found:
        return None
    first = found[0]
    advised = [
        xid.text for xid in log.xids if xid.number == RECOVERY_CHANGED and xid.address[:10] == first.address[:10]
    ]
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    told = f"; then {advised[-1]}" if advised and first.number != RECOVERY_CHANGED else ""
    return Sign(f"Xid {first.number} on {first.address}: {first.text[:160]}{more}{told}")
