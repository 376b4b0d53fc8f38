"""The positive proof that `usable` needs: each part that is missing is a reason not to say it."""

from sygaldry.gpu.facts import Facts
from sygaldry.gpu.probes import nvml
from sygaldry.gpu.unknown import Unknown
from sygaldry.gpu.withheld import withheld_nodes


def missing_proof(facts: Facts) -> str:
    """Name the first missing proof that driver, CUDA, GPUs and nodes work; empty if there is none."""
    return _driver(facts) or _cuda(facts) or _gpus(facts) or _nodes(facts)


def _driver(facts: Facts) -> str:
    if not isinstance(facts.nvml, Unknown):
        if facts.nvml.code != nvml.OK:
            return f"NVML answers {facts.nvml.code}, and no check knows why"
        return "" if facts.nvml.gpus else "NVML works but shows no GPU"
    if not isinstance(facts.smi, Unknown) and facts.smi is not None and not facts.smi.failure:
        return "" if facts.smi.gpus else "nvidia-smi works but listed no GPU"
    return facts.nvml.reason


def _cuda(facts: Facts) -> str:
    if isinstance(facts.cuda, Unknown):
        return f"cuInit was not answered: {facts.cuda.reason}"
    return "" if facts.cuda.code == 0 else f"cuInit answers {facts.cuda.code}, and no check knows why"


def _gpus(facts: Facts) -> str:
    unread = [gpu for gpu in facts.gpus if gpu.error]
    return f"GPU {unread[0].index} cannot be read (NVML {unread[0].error})" if unread else ""


def _nodes(facts: Facts) -> str:
    if isinstance(facts.nodes, Unknown):
        return f"the device nodes could not be read: {facts.nodes.reason}"
    others = withheld_nodes(facts)
    shut = [node for node in facts.nodes if node.is_driver_node and node.access != "open" and node.path not in others]
    return f"{shut[0].path} cannot be opened: {shut[0].access}" if shut else ""
