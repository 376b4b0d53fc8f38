"""Report the value and origin of each setting."""

from sygaldry.config.resolve import Resolved
from sygaldry.config.settings import all_settings
from sygaldry.discovery import nearest
from sygaldry.model.errors import UsageError
from sygaldry.model.report import Json, Report


def config_show(resolved: Resolved, name: str | None = None) -> Report:
    """Report all settings, or the value of one; raises UsageError for an unknown name."""
    known = {each.name: each for each in all_settings()}
    if name is not None:
        wanted = name.replace("-", "_")
        if wanted not in known:
            meant = nearest(wanted, tuple(known))
            raise UsageError(f"unknown setting {name!r}", hint=f"did you mean {meant!r}?" if meant else "")
        return Report({wanted: _entry(resolved, wanted)}, (_text(getattr(resolved.settings, wanted)),), resolved.notes)
    data = {each: _entry(resolved, each) for each in known}
    return Report({"settings": data}, tuple(_line(resolved, each) for each in known), resolved.notes)


def _entry(resolved: Resolved, name: str) -> Json:
    value = getattr(resolved.settings, name)
    return {"value": list(value) if isinstance(value, tuple) else value, "origin": resolved.origins[name]}


def _line(resolved: Resolved, name: str) -> str:
    return f"{name:17} {_text(getattr(resolved.settings, name)) or '-':42} {resolved.origins[name]}"


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return ",".join(value)
    return str(value).lower() if isinstance(value, bool) else str(value)
