"""Device nodes that are closed to this process by design: the GPUs of others on a machine that several jobs share."""

from sygaldry.gpu.facts import Facts
from sygaldry.gpu.probes import nvml
from sygaldry.gpu.unknown import Unknown


def withheld_nodes(facts: Facts) -> frozenset[str]:
    """Name the nodes of GPUs that were not given to this process.

    A scheduler gives a job some of the GPUs and closes the nodes of the others. Then NVML lists exactly the GPUs whose
    nodes open, and CUDA starts; with any other count a closed node is a fault.
    """
    if isinstance(facts.nodes, Unknown) or isinstance(facts.nvml, Unknown) or facts.nvml.code != nvml.OK:
        return frozenset()
    numbered = [node for node in facts.nodes if node.path.removeprefix("/dev/nvidia").isdigit()]
    closed = frozenset(node.path for node in numbered if node.access == "denied")
    starts = isinstance(facts.cuda, Unknown) or facts.cuda.code == 0
    listed = sum(not gpu.error for gpu in facts.nvml.gpus)
    return closed if starts and 0 < listed == len(numbered) - len(closed) else frozenset()
