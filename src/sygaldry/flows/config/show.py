"""Report the value and origin of each setting."""

from sygaldry.config.resolve import Resolved
from sygaldry.config.settings import all_settings
from sygaldry.discovery import nearest
from sygaldry.model.addresses import without_login
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
    waiting = "see what waits for your consent, and accept it: sygaldry trust"
    notes = (*resolved.notes, *((waiting,) if resolved.pending else ()))
    return Report({"settings": data}, tuple(_line(resolved, each) for each in known), notes)


def _entry(resolved: Resolved, name: str) -> Json:
    entry: dict[str, Json] = {
        "value": _plain(getattr(resolved.settings, name)),
        "origin": resolved.origins[name],
    }
    return {**entry, "pending": _plain(resolved.pending[name])} if name in resolved.pending else entry


def _line(resolved: Resolved, name: str) -> str:
    waiting = f"  (waits for trust: {_text(resolved.pending[name])})" if name in resolved.pending else ""
    return f"{name:17} {_text(getattr(resolved.settings, name)) or '-':42} {resolved.origins[name]}{waiting}"


def _plain(value: object) -> Json:
    if isinstance(value, tuple):
        return list(value)
    return value if isinstance(value, bool) else without_login(str(value))


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return ",".join(value)
    return str(value).lower() if isinstance(value, bool) else without_login(str(value))
