"""Whether an image that exists is the one wanted, and if not, why not."""

from __future__ import annotations

from sygaldry.image import labels
from sygaldry.image.key import key
from sygaldry.model.value import dataclass, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sygaldry.image.recipe import Recipe

_ID = 64  # digits of a SHA-256
_SHORT = 19  # sha256: and twelve digits, as docker shows an id


@dataclass(frozen=True)
class Verdict:
    """`fresh`, or why not; an image that is not `ours` is used as it is, whatever is in it."""

    ours: bool
    reasons: tuple[str, ...] = ()

    @property
    def fresh(self) -> bool:
        return not self.reasons


def judge(name: str, found: Mapping[str, str], wanted: Recipe) -> Verdict:
    """Compare the labels of an image with the recipe.

    An image that somebody built upon ours inherits our labels; the name in them tells that it is his.
    """
    if labels.KEY not in found or found.get(labels.NAME) != name:
        return Verdict(ours=False)
    # An engine that has not got the base any more cannot tell its id; the one it was built on still counts.
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
    return Verdict(ours=True, reasons=reasons or ("its labels do not tell what it was made from",))


def base_id_fast(base: str, described: str, image: str) -> str:
    """Read the base's id out of its description, or out of the image's where the engine has the base no more."""
    if described:
        return described.partition('"Id":"sha256:')[2][:_ID]
    return image.partition(f'"{labels.BASE}":"{base} ')[2][:_ID]


def is_fresh_fast(name: str, described: str, wanted: Recipe) -> bool:
    """Tell a fresh image by an engine's description of it as it came; reading JSON would cost a launch 20 ms."""
    return f'"{labels.KEY}":"{key(wanted)}"' in described and f'"{labels.NAME}":"{name}"' in described


def made_labels(name: str, recipe: Recipe) -> dict[str, str]:
    """Return the labels that an image made from a recipe carries."""
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
            yield f"{name} is gone: it was {old}"
        elif old != new:
            yield f"{name} changed from {old} to {new}"


def _file_changes(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[str]:
    for name in sorted({*before, *after}):
        if before.get(name) != after.get(name):
            what = "is new" if name not in before else "is gone" if name not in after else "changed"
            yield f"container/{name} {what}"


def _base_change(before: str, recipe: Recipe) -> Iterator[str]:
    name, _, identity = before.partition(" ")
    if name == recipe.base and identity != recipe.base_id:
        yield f"the base {name} is another image now: {recipe.base_id[:_SHORT]}, it was {identity[:_SHORT]}"


def _table(found: Mapping[str, str], label: str) -> dict[str, str]:
    """Read a label that holds JSON; anybody can write a label, so nothing is taken for granted."""
    from json import loads

    try:
        told = loads(found.get(label, "{}"))
    except ValueError:
        return {}
    return {str(name): str(text) for name, text in told.items()} if isinstance(told, dict) else {}
