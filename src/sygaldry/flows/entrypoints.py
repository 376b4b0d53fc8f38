"""List what can be named as an entrypoint."""

from sygaldry.flows.launch.entrypoint import all_entrypoints
from sygaldry.model.report import Json, Report


def entrypoints_report(workspace: str) -> Report:
    """Report every entrypoint with its summary and whose it is."""
    found = all_entrypoints(workspace)
    data: dict[str, Json] = {
        name: {"summary": each.summary, "origin": each.origin, "path": each.path} for name, each in found.items()
    }
    width = max((len(name) for name in found), default=0)
    lines = tuple(
        f"{name:<{width}}  {each.summary}" + (" (of this workspace)" if each.origin == "workspace" else "")
        for name, each in found.items()
    )
    return Report({"entrypoints": data}, lines)
