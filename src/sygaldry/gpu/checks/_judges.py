"""Judges that several checks share."""

from collections.abc import Callable
from typing import TypeAlias

from sygaldry.gpu.checks import Evidence
from sygaldry.gpu.facts import Facts
from sygaldry.gpu.probes.nodes import Node
from sygaldry.gpu.unknown import Unknown, known
from sygaldry.gpu.withheld import withheld_nodes

Judge: TypeAlias = Callable[[Facts], Evidence | None]

_RECOVERY_CHANGED = 154


def logged(*parts: str) -> Judge:
    """Judge by a line of the kernel log that holds one of the parts."""

    def judge(facts: Facts) -> Evidence | None:
        lines = known(facts.kernel_log).saying(*parts)
        return Evidence(lines[0]) if lines else None

    return judge


def cuda_answers(code: int, meaning: str = "") -> Judge:
    """Judge by what cuInit answers."""

    def judge(facts: Facts) -> Evidence | None:
        answer = known(facts.cuda)
        note = f" ({meaning})" if meaning else ""
        return (
            Evidence(f"cuInit of {answer.loaded or 'libcuda.so.1'} answers {code}{note}")
            if answer.code == code
            else None
        )

    return judge


def xids(*numbers: int) -> Judge:
    """Judge by Xid events of the kernel log.

    https://docs.nvidia.com/deploy/xid-errors/ ; actions as in the catalogue that leptonai/gpud carries (October 2025).
    """
    return lambda facts: xid_evidence(facts, *numbers)


def xid_evidence(facts: Facts, *numbers: int) -> Evidence | None:
    """Find events with these numbers since the module was loaded, and what NVIDIA advised after them."""
    log = known(facts.kernel_log)
    found = [xid for xid in log.xids if xid.number in numbers]
    if not found:
        return None
    first = found[0]
    after = [xid for xid in log.xids if xid.number == _RECOVERY_CHANGED and xid.address[:10] == first.address[:10]]
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    action = f"; then {after[-1].text}" if after and first.number != _RECOVERY_CHANGED else ""
    return Evidence(f"Xid {first.number} on {first.address}: {first.text[:160]}{more}{action}")


def denied(facts: Facts) -> str:
    """Name a device node that its mode, its label or a mount option closes, empty if there is none.

    Nodes of the GPUs of others and those that a device cgroup forbids have entries of their own.
    """
    others = withheld_nodes(facts)
    closed = (node for node in known(facts.nodes) if node.is_driver_node and node.access == "denied")
    return next((node.path for node in closed if node.path not in others and not node.ruled_out), "")


def ruled_out(facts: Facts) -> tuple[Node, ...]:
    """Return the driver's nodes that the rules of a device cgroup forbid to this process."""
    others = withheld_nodes(facts)
    rules = None if isinstance(facts.device_rules, Unknown) else facts.device_rules
    return tuple(
        node
        for node in known(facts.nodes)
        if node.is_driver_node
        and node.path not in others
        and (node.ruled_out or (node.access == "denied" and rules is not None and rules.forbids(node.major)))
    )
