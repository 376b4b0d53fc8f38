"""Whether an existing image is fresh, and if not, the reasons."""

from __future__ import annotations

from sygaldry.image import labels
from sygaldry.image.key import fingerprint, key
from sygaldry.model.value import dataclass, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sygaldry.image.recipe import Recipe

_ID = 64  # digits of a SHA-256
_SHORT = 19  # sha256: and twelve digits, as docker prints an id


@dataclass(frozen=True)
class Verdict:
    """Whether an image is fresh, or why not. An image that is not `ours` is used unchanged."""

    ours: bool
    reasons: tuple[str, ...] = ()

    @property
    def fresh(self) -> bool:
        return not self.reasons


def judge(name: str, found: Mapping[str, str], wanted: Recipe) -> Verdict:
    """Compare the labels of an image with the recipe.

    An image built FROM ours inherits our labels; the name in them shows that it is another image.
    """
    if labels.KEY not in found or found.get(labels.NAME) != name:
        return Verdict(ours=False)
    # An engine that no longer has the base cannot report its id; the recorded id is used instead.
    base, _, identity = found.get(labels.BASE, "").partition(" ")
    if not wanted.base_id and base == wanted.base:
        wanted = replace(wanted, base_id=identity)
    if found[labels.KEY] == key(wanted):
        return Verdict(ours=True)
    reasons = (
        *_changes(_table(found, labels.ARGUMENTS), wanted.arguments),
        *_file_changes(_table(found, labels.FILES), wanted.files),
        *_base_change(found.get(labels.BASE, ""), wanted),
    )
    return Verdict(ours=True, reasons=reasons or ("its labels do not record what it was made from",))


def content_of(layers: list[str]) -> str:
    """Return the digest that identifies a base: over its layers, so that the same content made again is the same."""
    return fingerprint(",".join(layers).encode()) if layers else ""


def base_id_fast(base: str, described: str, image: str) -> str:
    """Return the base's id from its description, or from the image's labels if the engine no longer has the base."""
    if described:
        layers = described.partition('"RootFS":')[2].partition('"Layers":[')[2].partition("]")[0]
        return content_of(layers.replace('"', "").split(",") if layers else [])
    return image.partition(f'"{labels.BASE}":"{base} ')[2][:_ID]


def foreign_id_fast(described: str) -> str:
    """Return the id of an image that is not ours from the raw answer of an engine; empty for ours or none."""
    if not described or f'"{labels.KEY}":' in described:
        return ""
    return described.partition('"Id":"sha256:')[2][:_ID]


def is_fresh_fast(name: str, described: str, wanted: Recipe) -> bool:
    """Check for a fresh image in the raw answer of an engine; parsing JSON would add 20 ms to a launch."""
    return f'"{labels.KEY}":"{key(wanted)}"' in described and f'"{labels.NAME}":"{name}"' in described


def made_labels(name: str, recipe: Recipe) -> dict[str, str]:
    """Return the labels of an image built from a recipe."""
    from json import dumps

    return {
        labels.KIND: labels.DEVELOPMENT,
        labels.NAME: name,
        labels.KEY: key(recipe),
        labels.ARGUMENTS: dumps(dict(recipe.arguments), sort_keys=True, separators=(",", ":")),
        labels.FILES: dumps(dict(recipe.files), sort_keys=True, separators=(",", ":")),
        labels.BASE: _base(recipe),
    }


def _base(recipe: Recipe) -> str:
    return f"{recipe.base} {recipe.base_id}".strip()


def _changes(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[str]:
    for name in sorted({*before, *after}):
        old, new = before.get(name), after.get(name)
        if old is None:
            yield f"{name} is new: {new}"
        elif new is None:
            yield f"{name} was removed: it was {old}"
        elif old != new:
            yield f"{name} changed from {old} to {new}"


def _file_changes(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[str]:
    for name in sorted({*before, *after}):
        if before.get(name) != after.get(name):
            what = "is new" if name not in before else "was removed" if name not in after else "changed"
            yield f"container/{name} {what}"


def _base_change(before: str, recipe: Recipe) -> Iterator[str]:
    name, _, identity = before.partition(" ")
    if name == recipe.base and identity != recipe.base_id:
        yield f"the base {name} has other content now: {recipe.base_id[:_SHORT]}, it was {identity[:_SHORT]}"


def _table(found: Mapping[str, str], label: str) -> dict[str, str]:
    """Parse a label that contains JSON; anyone can write a label, so the content is checked."""
    from json import loads

    try:
        table = loads(found.get(label, "{}"))
    except ValueError:
        return {}
    return {str(name): str(text) for name, text in table.items()} if isinstance(table, dict) else {}
