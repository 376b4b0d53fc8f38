"""Show what a workspace asks for outside of it, and record that the caller accepts it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sygaldry.config.consent import format_value
from sygaldry.config.files import PROJECT_FILE
from sygaldry.flows.env.environment import MANIFEST, SOURCE, Environment
from sygaldry.flows.launch.entrypoint import all_entrypoints, script_text
from sygaldry.host import trust
from sygaldry.host.files import expand_home, read_if_there
from sygaldry.layout import layout
from sygaldry.model.errors import LockError
from sygaldry.model.exit_codes import FAILED
from sygaldry.model.report import Json, Report
from sygaldry.spack.manifest import outward_sections

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sygaldry.config.resolve import Resolved


@dataclass(frozen=True)
class ConsentItem:
    """A file of the workspace, what it asks for, and whether the caller has accepted this content."""

    path: str
    text: str
    wants: tuple[str, ...]

    @property
    def accepted(self) -> bool:
        return trust.is_trusted(self.path, self.text)


def consent_items(resolved: Resolved, workspace: str, environments: tuple[str, ...] = ()) -> tuple[ConsentItem, ...]:
    """List the files of a workspace that ask for something outside of it."""
    found = (
        *_settings(resolved, workspace),
        *_devcontainer(resolved),
        *_entrypoints(workspace),
        *_manifests(resolved, workspace, environments),
    )
    return tuple({each.path: each for each in found}.values())


def trust_show(items: tuple[ConsentItem, ...], workspace: str) -> Report:
    """Report what a workspace asks for; the exit code is 1 while something waits for consent."""
    waiting = any(not each.accepted for each in items)
    lines = tuple(line for each in items for line in _lines(each))
    if not items:
        lines = (f"{workspace} asks for nothing outside of it",)
    notes = ("to accept all of this: sygaldry trust --yes",) if waiting else ()
    return Report(_data(items), lines, notes, exit_code=FAILED if waiting else 0)


def trust_accept(items: tuple[ConsentItem, ...], workspace: str) -> Report:
    """Record that the caller accepts what a workspace asks for. Raises StorageError."""
    for each in items:
        trust.remember(each.path, each.text)
    lines = tuple(line for each in items for line in _lines(each))
    if not items:
        lines = (f"{workspace} asks for nothing outside of it",)
    return Report(_data(items), lines)


def trust_revoke(items: tuple[ConsentItem, ...]) -> Report:
    """Forget what the caller has accepted."""
    forgotten = [each.path for each in items if trust.forget(each.path)]
    lines = tuple(f"no longer accepted: {path}" for path in forgotten) or ("nothing was accepted",)
    return Report({"revoked": list(forgotten)}, lines)


def _settings(resolved: Resolved, workspace: str) -> Iterator[ConsentItem]:
    path = f"{workspace}/{PROJECT_FILE}"
    wants = tuple(f"{name} = {format_value(value)}" for name, value in resolved.requested.items())
    if trust.is_foreign(path):
        wants = ("settings from a file that belongs to another user", *wants)
    if wants:
        yield ConsentItem(path, read_if_there(path) or "", wants)


def _devcontainer(resolved: Resolved) -> Iterator[ConsentItem]:
    found = resolved.devcontainer
    if found is not None and found.wants:
        yield ConsentItem(found.path, found.text, found.wants)


def _entrypoints(workspace: str) -> Iterator[ConsentItem]:
    for each in all_entrypoints(workspace).values():
        if each.wants:
            yield ConsentItem(each.source, script_text(each), each.wants)


def _manifests(resolved: Resolved, workspace: str, named: tuple[str, ...]) -> Iterator[ConsentItem]:
    base = Path(workspace)
    default = base / resolved.settings.spack_environment
    own = layout().checkout
    for folder in (default, *sorted(base.glob("pkg/*")), *(Path(expand_home(each)).resolve() for each in named)):
        source = next((folder / name for name in (SOURCE, MANIFEST) if (folder / name).exists()), None)
        if source is None or (own and str(source).startswith(f"{own}/")):
            continue
        environment = Environment(folder, Path(resolved.settings.spack_root))
        try:
            text = environment.whole_text
            sections = outward_sections(environment.manifest.content)
        except LockError:  # the env verbs report what is wrong with it
            continue
        if sections:
            yield ConsentItem(str(source.resolve()), text, tuple(f"{key}: {value}" for key, value in sections.items()))


def _lines(item: ConsentItem) -> tuple[str, ...]:
    state = "accepted" if item.accepted else "waits for consent"
    return (f"{item.path}  ({state})", *(f"  {each}" for each in item.wants))


def _data(items: tuple[ConsentItem, ...]) -> dict[str, Json]:
    files: list[Json] = [{"path": each.path, "wants": list(each.wants), "accepted": each.accepted} for each in items]
    return {"files": files}
