"""Read spack_src.yaml and compare two of them by meaning, not by comments or the order of keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sygaldry.model.errors import LockError

LARGEST_BYTES: Final = 2**20

_PLACEHOLDER: Final = "__spack_path_placeholder__"
_LONGEST: Final = 4096 - 300  # what Spack makes of `padded_length: true`


@dataclass(frozen=True)
class Manifest:
    """What an environment requests; `content` is everything under `spack:`."""

    specs: tuple[str, ...]
    content: Mapping[str, Any] = field(default_factory=dict)

    @property
    def view(self) -> str:
        """Where its view is; empty if it has none of its own."""
        view = self.content.get("view")
        if isinstance(view, str):
            return view
        named = view.get("default", {}) if isinstance(view, dict) else {}
        return str(named.get("root", "")) if isinstance(named, dict) else str(named)

    @property
    def install_tree(self) -> str:
        """Where packages are installed, with the padding that Spack appends; empty if not configured."""
        tree = self.content.get("config", {}).get("install_tree", "")
        if not isinstance(tree, dict):
            return str(tree)
        length = tree.get("padded_length") or 0
        return pad_path(str(tree.get("root", "")), _LONGEST if length is True else length)

    @property
    def stages(self) -> tuple[str, ...]:
        found = self.content.get("config", {}).get("build_stage", ())
        return (str(found),) if isinstance(found, str) else tuple(str(each) for each in found)

    @property
    def mirrors(self) -> Mapping[str, Any]:
        found = self.content.get("mirrors", self.content.get("mirrors:", {}))
        return found if isinstance(found, dict) else {}


def parse_manifest(text: str, path: str, library: str = "") -> Manifest:
    """Read a manifest; raises LockError for what is not one. `library` is Spack's, which carries a YAML reader."""
    if len(text) > LARGEST_BYTES:
        raise LockError(f"{path} is larger than any manifest", hint="is it the right file?")
    raw = load_yaml(text, path, library)
    content = raw.get("spack") if isinstance(raw, dict) else None
    if not isinstance(content, dict):
        raise LockError(f"{path} has no 'spack:' at its top", hint="see docs/how-to/spack.md for an example")
    specs = content.get("specs", [])
    if not isinstance(specs, list) or not all(isinstance(each, str) for each in specs):
        raise LockError(f"'specs' in {path} is not a list of specs", hint="one per line, as `- py-numpy@2`")
    _check_shapes(content, path)
    return Manifest(tuple(specs), content)


# Sections that stay inside: what to install and how. All others name mirrors, code or folders for Spack to use.
_INWARD_SECTIONS: Final = frozenset({"specs", "definitions", "view", "concretizer", "packages", "toolchains"})


def outward_sections(content: Mapping[str, Any]) -> dict[str, str]:
    """Return the sections of a manifest that reach outside of it, each with a short text of its content."""
    named = ((str(key).rstrip(":"), value) for key, value in content.items())
    return {key: _shorten(value) for key, value in named if key not in _INWARD_SECTIONS}


def _check_shapes(content: Mapping[str, Any], path: str) -> None:
    """Turn away what is read by this room and is not of the kind that Spack's own schema demands."""
    for key in ("config", "repos", "packages", "mirrors"):
        if not isinstance(content.get(key, {}), dict):
            raise LockError(f"'{key}' in {path} is not a table", hint="see docs/how-to/spack.md for an example")
    config = content.get("config", {})
    if not isinstance(config.get("build_stage", ""), str | list):
        raise LockError(f"'build_stage' in {path} is not a folder", hint="as in: build_stage: [/opt/spack_store/stage]")
    tree = config.get("install_tree", "")
    if isinstance(tree, dict) and not isinstance(tree.get("padded_length", 0), int):
        raise LockError(f"'padded_length' in {path} is not a number", hint="as in: padded_length: 256")


def pad_path(root: str, length: int) -> str:
    """Lengthen a root as Spack does (spack/util/path.py, add_padding), so that packages can move to longer paths."""
    missing = length - len(root) - 1
    if not root or missing <= 0:
        return root
    filler = f"{_PLACEHOLDER}/" * (missing // len(_PLACEHOLDER) + 1)
    # A slash at the end would be lost, and the length with it.
    return f"{root}/{filler[: missing - 1]}{filler[missing - 1].replace('/', '_')}"


def detached(content: Mapping[str, Any], folder: str) -> Mapping[str, Any]:
    """Return what a manifest says for solving it elsewhere, so that nothing but the manifest and the recipes counts.

    No view, which Spack would empty; absolute paths; and externals with Spack's second colon, which keeps those away
    that a site's own configuration would add to the list.
    """
    repos = {
        name: f"{folder}/{each}" if isinstance(each, str) and not each.startswith(("/", "$", "~")) else each
        for name, each in content.get("repos", {}).items()
    }
    packages = {
        name: {"externals:" if key == "externals" else key: value for key, value in each.items()}
        if isinstance(each, dict)
        else each
        for name, each in content.get("packages", {}).items()
    }
    whole = {**content, "view": False, "repos": repos, "packages": packages}
    return {key: each for key, each in whole.items() if key in content or key == "view"}


def diff_manifests(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, ...]:
    """List the differences, one line each: specs first, then the rest by its path."""
    specs_before, specs_after = old.get("specs", []), new.get("specs", [])
    lines = [f"+ {each}" for each in specs_after if each not in specs_before]
    lines += [f"- {each}" for each in specs_before if each not in specs_after]
    for key in sorted({*old, *new} - {"specs"}):
        lines += _differences(key, old.get(key), new.get(key))
    return tuple(lines)


def _differences(path: str, before: Any, after: Any) -> list[str]:  # noqa: ANN401 - YAML of any shape
    if before == after:
        return []
    if isinstance(before, dict) and isinstance(after, dict):
        keys = sorted({str(each) for each in (*before, *after)})
        return [line for key in keys for line in _differences(f"{path}:{key}", before.get(key), after.get(key))]
    if before is None:
        return [f"+ {path}: {_shorten(after)}"]
    if after is None:
        return [f"- {path}: {_shorten(before)}"]
    return [f"~ {path}: {_shorten(before)} -> {_shorten(after)}"]


def _shorten(value: Any) -> str:  # noqa: ANN401 - YAML of any shape
    text = str(value)
    return text if len(text) <= 100 else text[:99] + "…"


def load_yaml(text: str, path: str, library: str = "") -> Any:  # noqa: ANN401 - YAML of any shape
    """Read YAML, with the library that Spack carries where there is no other. Raises LockError."""
    try:
        import yaml
    except ImportError:
        return _loaded_by_spack(text, path, library)
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as error:
        raise LockError(f"{path} is not valid YAML: {_one_line(error)}", hint="fix that line") from error


def _loaded_by_spack(text: str, path: str, library: str) -> Any:  # noqa: ANN401 - YAML of any shape
    """Read YAML with the library that Spack carries: inside an image there is no other."""
    import sys

    sys.path.append(library)
    try:
        from spack.vendor.ruamel.yaml import YAML  # type: ignore[import-not-found]  # only where Spack is
        from spack.vendor.ruamel.yaml.error import YAMLError  # type: ignore[import-not-found]  # likewise
    except ImportError:
        raise LockError(
            f"{path} cannot be read: neither PyYAML nor Spack is here",
            hint="python3 -m pip install pyyaml, or use an image with Spack",
        ) from None
    finally:
        sys.path.remove(library)
    try:
        return YAML(typ="safe", pure=True).load(text)
    except (YAMLError, RecursionError) as error:
        raise LockError(f"{path} is not valid YAML: {_one_line(error)}", hint="fix that line") from error


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
