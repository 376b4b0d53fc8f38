"""Which settings of a project file need the caller's consent.

Anyone who can push to a repository can write its `sygaldry.toml`. A value that stays inside the workspace takes effect
at once; a value that reaches outside of it waits until the caller has seen and accepted it (`sygaldry trust`).
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from sygaldry.config.declare import Declaration

# What `reach` of a declaration may be. A "caller" setting is not allowed in a project file at all.
REACHES = ("inside", "outside", "network", "path", "names", "caller")


def needs_consent(declaration: Declaration, value: Any) -> bool:  # noqa: ANN401 - a value of any setting
    """Return whether a value from a project file reaches outside of the workspace."""
    if declaration.reach == "network":
        return bool(value != "none")
    if declaration.reach == "path":
        return _leaves_workspace(str(value))
    if declaration.reach == "names":
        # A name without a value passes the caller's own value.
        return any("=" not in each for each in value)
    return declaration.reach in ("outside", "caller") and bool(value)


def outward_values(
    declarations: Iterable[Declaration], project: Mapping[str, Any], without: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the values of a project file that need consent.

    `without` holds the effective settings without the project file: a value that changes nothing needs no consent.
    """
    return {
        each.name: project[each.name]
        for each in declarations
        if each.name in project and needs_consent(each, project[each.name]) and project[each.name] != without[each.name]
    }


def format_value(value: Any) -> str:  # noqa: ANN401 - a value of any setting
    """Format a value for the list that the caller is asked about."""
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _leaves_workspace(path: str) -> bool:
    return path.startswith(("/", "~")) or ".." in path.split("/")
