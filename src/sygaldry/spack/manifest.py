"""Read spack_src.yaml and compare two of them by meaning, not by comments or the order of keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sygaldry.model.errors import LockError
from sygaldry.spack.spec_list import expand
from sygaldry.spack.yaml_reader import load_yaml

LARGEST_BYTES: Final = 2**20

_PLACEHOLDER: Final = "__spack_path_placeholder__"
_LONGEST: Final = 4096 - 300  # what Spack makes of `padded_length: true`
_OWN_VIEW: Final = ".spack-env/view"  # where Spack makes a view that has no root of its own


@dataclass(frozen=True)
class Manifest:
    """What an environment requests; `content` is everything under `spack:`, included files and all.

    `conditions` are `when:` clauses of definitions, which only Spack evaluates; `unread` are includes that are not
    files beside the manifest: paths of Spack's own, addresses, repositories.
    """

    specs: tuple[str, ...]
    content: Mapping[str, Any] = field(default_factory=dict)
    conditions: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()

    @property
    def view(self) -> str:
        """The default view, or the first one; relative to the environment's folder, empty if there is none."""
        return self.views.get("default", next(iter(self.views.values()), ""))

    @property
    def views(self) -> Mapping[str, str]:
        """The root of each view by its name. A manifest without a word on views has Spack's own."""
        view = self.content.get("view", True)
        if isinstance(view, bool) or view is None:
            return {} if view is False else {"default": _OWN_VIEW}
        if isinstance(view, str):
            return {"default": view}
        roots = {str(name): each.get("root", "") if isinstance(each, dict) else each for name, each in view.items()}
        return {name: str(root) for name, root in roots.items() if root}

    @property
    def is_whole_view(self) -> bool:
        """Whether the default view links every root: none is selected, excluded or projected elsewhere."""
        view = self.content.get("view", True)
        tables = [each for each in view.values() if isinstance(each, dict)] if isinstance(view, dict) else []
        return not any({"select", "exclude", "projections"} & set(each) for each in tables)

    @property
    def install_tree(self) -> str:
        """Where packages are installed, with the padding that Spack appends; empty if not configured."""
        tree = self._config.get("install_tree", "")
        length = (tree.get("padded_length") or 0) if isinstance(tree, dict) else 0
        return pad_path(self.unpadded_tree, _LONGEST if length is True else length)

    @property
    def unpadded_tree(self) -> str:
        """The root of the install tree as it is written; empty if not configured."""
        tree = self._config.get("install_tree", "")
        return str(tree.get("root", "") if isinstance(tree, dict) else tree)

    @property
    def stages(self) -> tuple[str, ...]:
        found = self._config.get("build_stage", ())
        return (str(found),) if isinstance(found, str) else tuple(str(each) for each in found)

    @property
    def mirrors(self) -> Mapping[str, Any]:
        found = self.content.get("mirrors", self.content.get("mirrors:", {}))
        return found if isinstance(found, dict) else {}

    @property
    def repos(self) -> Mapping[str, str]:
        """Folders of recipes by namespace; an older list names only folders, whose last part is the namespace."""
        repos = self.content.get("repos", self.content.get("repos:", {}))
        if isinstance(repos, list):
            return {str(each).rstrip("/").rpartition("/")[2]: str(each) for each in repos}
        return {str(name): each for name, each in (repos or {}).items() if isinstance(each, str)}

    @property
    def included_locks(self) -> tuple[str, ...]:
        """Environments whose locks are part of this one's."""
        found = self.content.get("include_concrete") or ()
        return tuple(str(each) for each in found)

    @property
    def _config(self) -> Mapping[str, Any]:
        found = self.content.get("config") or {}
        return found if isinstance(found, dict) else {}


@dataclass(frozen=True)
class Included:
    """The merged content of the files that a manifest includes, and the entries that were not read."""

    content: Mapping[str, Any] = field(default_factory=dict)
    unread: tuple[Any, ...] = ()
    texts: tuple[str, ...] = ()  # for a digest of everything that a manifest says


def parse_manifest(text: str, path: str, library: str = "", included: Included | None = None) -> Manifest:
    """Read a manifest; raises LockError for what is not one. `library` is Spack's, which carries a YAML reader.

    What the files that it includes say has less weight than its own content.
    """
    content = manifest_content(text, path, library)
    if included:
        own = {key: each for key, each in content.items() if key != "include"}
        content = merge(included.content, {**own, **({"include": list(included.unread)} if included.unread else {})})
    _check_shapes(content, path)
    found = expand(content, path)
    unread = tuple(_include_name(each) for each in content.get("include") or ())
    return Manifest(found.specs, content, found.conditions, unread)


def manifest_content(text: str, path: str, library: str = "") -> Mapping[str, Any]:
    """Return what is under `spack:`; an environment without anything is valid."""
    if len(text) > LARGEST_BYTES:
        raise LockError(f"{path} exceeds the size limit", hint="is it the right file?")
    raw = load_yaml(text, path, library)
    content = raw.get("spack", raw.get("env")) if isinstance(raw, dict) else None
    if content is None and isinstance(raw, dict) and "spack" in raw:
        return {}
    if not isinstance(content, dict):
        raise LockError(f"{path} has no 'spack:' at its top", hint="see docs/how-to/spack.md for an example")
    return content


def merge(lower: Mapping[str, Any], higher: Mapping[str, Any]) -> dict[str, Any]:
    """Merge two configurations as Spack does: tables by key, lists end to end, and `key::` replaces."""
    found = dict(lower)
    for key, value in higher.items():
        name = str(key)
        if name.endswith(":"):
            found.pop(name[:-1], None)
            found[name] = value
        elif isinstance(value, dict) and isinstance(found.get(name), dict):
            found[name] = merge(found[name], value)
        elif isinstance(value, list) and isinstance(found.get(name), list):
            found[name] = [*value, *(each for each in found[name] if each not in value)]
        else:
            found[name] = value
    return found


def _include_name(entry: Any) -> str:  # noqa: ANN401 - YAML of any shape
    return str(entry.get("path") or entry.get("git") or entry) if isinstance(entry, dict) else str(entry)


# Sections that stay inside: what to install and how. All others name mirrors, code or folders for Spack to use.
_INWARD_SECTIONS: Final = frozenset({"specs", "definitions", "view", "concretizer", "packages", "toolchains"})


def outward_sections(content: Mapping[str, Any]) -> dict[str, str]:
    """Return the sections of a manifest that reach outside of it, each with a short text of its content."""
    named = ((str(key).rstrip(":"), value) for key, value in content.items())
    return {key: _shorten(value) for key, value in named if key not in _INWARD_SECTIONS}


def _check_shapes(content: Mapping[str, Any], path: str) -> None:
    """Reject what is read by this room and is not of the kind that Spack's own schema demands."""
    for key in ("config", "packages", "mirrors"):
        if not isinstance(content.get(key) or {}, dict):
            raise LockError(f"'{key}' in {path} is not a table", hint="see docs/how-to/spack.md for an example")
    if not isinstance(content.get("repos") or {}, dict | list):
        raise LockError(f"'repos' in {path} is not a table", hint="see docs/how-to/spack.md for an example")
    if not isinstance(content.get("view") or True, dict | str | bool):
        raise LockError(f"'view' in {path} is not a path or a table", hint="as in: view: /opt/spack_store/views/mine")
    views = content.get("view")
    for name, view in views.items() if isinstance(views, dict) else ():
        if isinstance(view, dict) and not isinstance(view.get("root"), str):
            raise LockError(
                f"the view {name!r} in {path} has no root", hint="as in: view: {mine: {root: ./views/mine}}"
            )
    if not isinstance(content.get("include_concrete") or [], list):
        raise LockError(f"'include_concrete' in {path} is not a list", hint="one environment per line")
    config = content.get("config") or {}
    if not isinstance(config.get("build_stage", ""), str | list):
        raise LockError(f"'build_stage' in {path} is not a folder", hint="as in: build_stage: [/opt/spack_store/stage]")
    tree = config.get("install_tree", "")
    length = tree.get("padded_length", 0) if isinstance(tree, dict) else 0
    if not isinstance(length, int) or not 0 <= length <= _LONGEST:
        raise LockError(f"'padded_length' in {path} is not a number up to {_LONGEST}", hint="as in: padded_length: 256")


def pad_path(root: str, length: int) -> str:
    """Lengthen a root as Spack does (spack/util/path.py, add_padding), so that packages can move to longer paths."""
    missing = length - len(root) - 1
    if not root or missing <= 0:
        return root
    filler = f"{_PLACEHOLDER}/" * (missing // len(_PLACEHOLDER) + 1)
    # A slash at the end would be lost, and the length with it.
    return f"{root}/{filler[: missing - 1]}{filler[missing - 1].replace('/', '_')}"


# What has no part in a solution: where packages come from, go to and are linked, and how they are built or reported.
_NO_PART_IN_SOLUTION: Final = frozenset(
    ("view", "mirrors", "modules", "env_vars", "cdash", "ci", "gitlab-ci", "bootstrap", "upstreams", "container")
)
_CONFIG_IN_SOLUTION: Final = ("deprecated", "flags")


def solution_inputs(content: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the part of a manifest that a solution depends on."""
    found = {key: each for key, each in content.items() if key.removesuffix(":") not in _NO_PART_IN_SOLUTION}
    config = found.pop("config", None) or {}
    kept = {key: config[key] for key in _CONFIG_IN_SOLUTION if key in config}
    return {**found, **({"config": kept} if kept else {})}


def relocated(content: Mapping[str, Any], folder: str) -> Mapping[str, Any]:
    """Return a manifest for a solution elsewhere, so that nothing but the manifest and the recipes counts.

    No view, which Spack would empty; absolute paths; and externals with Spack's second colon, which keeps those away
    that a site's own configuration would add to the list.
    """
    found = dict(content)
    repos = content.get("repos")
    if isinstance(repos, dict):
        found["repos"] = {name: _absolute(each, folder) for name, each in repos.items()}
    for key in ("repos", "include_concrete"):
        if isinstance(content.get(key), list):
            found[key] = [_absolute(each, folder) for each in content[key]]
    if isinstance(content.get("develop"), dict):
        found["develop"] = {
            name: {**each, "path": _absolute(each.get("path", name), folder)}
            for name, each in content["develop"].items()
        }
    found["packages"] = {
        name: {"externals:" if key == "externals" else key: value for key, value in each.items()}
        if isinstance(each, dict)
        else each
        for name, each in (content.get("packages") or {}).items()
    }
    found["view"] = False
    if isinstance(content.get("include"), list):
        found["include"] = [_absolute(each, folder) for each in content["include"]]
    return {key: each for key, each in found.items() if key in content or key == "view"}


def _absolute(path: Any, folder: str) -> Any:  # noqa: ANN401 - YAML of any shape
    if isinstance(path, dict):
        return {key: _absolute(each, folder) if key in ("path", "destination") else each for key, each in path.items()}
    if not isinstance(path, str):
        return path
    if path == "$env" or path.startswith("$env/"):
        return folder + path.removeprefix("$env")
    is_relative = not path.startswith(("/", "$", "~")) and "://" not in path
    return f"{folder}/{path}" if is_relative else path


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
