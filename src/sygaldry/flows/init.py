"""Prepare a project for Sygaldry: settings, and on request the pinned Spack stack, Bazel files and a devcontainer."""

from __future__ import annotations

from pathlib import Path
from shutil import copyfile
from typing import TYPE_CHECKING, Final

from sygaldry.config.files import PROJECT_FILE
from sygaldry.layout import layout
from sygaldry.model.errors import NotFoundError, StorageError
from sygaldry.model.report import Report

if TYPE_CHECKING:
    from collections.abc import Iterator

SPACK: Final = "pkg/zephyr"
_STACK_FILES: Final = ("spack_src.yaml", "spack.lock", "sygaldry.lock.json", "DEPENDENCY_GRAPH.md", "build.sh")
_OWN_STORAGE: Final = (
    "# Uncomment what you need. All settings: sygaldry config show\n"
    "# Settings marked [trust] reach outside the project; others are asked to accept them: sygaldry trust\n"
)
# Name, an example value, and why one would set it.
_EXAMPLES: Final = (
    ("project_id", '"{name}"', "the storage of this project; the default is the folder's name"),
    ("runtime", '"auto"', "docker, podman, apptainer or sandbox"),
    ("entrypoint", '"default"', "what a launch starts: sygaldry entrypoints"),
    ("packages", '["libhdf5-dev"]', "Debian packages in addition to the toolchains of the image"),
    ("toolchains", '["python", "uv", "compilers"]', "a smaller image"),
    ("env", '["RUST_LOG=info"]', "variables of every command"),
    ("memory", '"16g"', "a limit; a command that exceeds it is killed"),
    ("network", '"none"', "no network inside"),
    ("mounts", '["/data:/data:ro"]', "[trust] more folders of the host"),
    ("publish", '["8888:8888"]', "[trust] ports, on 127.0.0.1"),
    ("spack_environment", '"pkg/zephyr"', "the Spack environment to activate"),
)
_BAZEL: Final = """\
workspace(name = "{name}")

# In a launch the Spack packages of pkg/zephyr/spack.lock are targets, such as @spack//:zlib.
local_repository(
    name = "sygaldry_bazel",
    path = "/opt/sygaldry/container/bazel",
)

load("@sygaldry_bazel//:offline.bzl", "sygaldry_offline_rules")
load("@sygaldry_bazel//:spack.bzl", "sygaldry_spack")

sygaldry_offline_rules()

sygaldry_spack(
    name = "spack",{lock}
)
"""
# Bazel 7 and newer read these instead.
_MODULE: Final = """\
module(name = "{name}")

# In a launch the Spack packages of pkg/zephyr/spack.lock are targets, such as @spack//:zlib.
bazel_dep(name = "sygaldry_bazel", version = "0")

local_path_override(
    module_name = "sygaldry_bazel",
    path = "/opt/sygaldry/container/bazel",
)

spack = use_extension("@sygaldry_bazel//:extensions.bzl", "spack")

spack.environment({lock})

use_repo(spack, "spack")
"""
_NO_WORKSPACE: Final = "# Bazel 7 and newer read this file and MODULE.bazel instead of WORKSPACE.\n"


def init(folder: str, *, spack: bool = False, bazel: bool = False) -> Report:
    """Write what is missing; existing files are never changed. Raises NotFoundError, StorageError."""
    root = Path(folder)
    if not root.is_dir():
        raise NotFoundError(f"{folder} is not a folder", hint=f"mkdir -p {folder}")
    name = _identifier(root.name)
    wanted: dict[str, str | Path] = {PROJECT_FILE: settings_text(root.name)}
    if spack:
        source = Path(layout().container).parent / SPACK
        wanted |= {f"{SPACK}/{each}": source / each for each in _STACK_FILES}
    if bazel:
        lock = f'lock = "//:{SPACK}/spack.lock"' if spack or (root / SPACK / "spack.lock").exists() else ""
        wanted |= {
            "WORKSPACE": _BAZEL.format(name=name, lock=f"\n    {lock}," if lock else ""),
            "MODULE.bazel": _MODULE.format(name=name, lock=lock),
            "WORKSPACE.bzlmod": _NO_WORKSPACE,
            "BUILD.bazel": "",
            ".bazelversion": "6.4.0\n",
        }
        wanted |= {".gitignore": "/bazel-*\n"}  # Bazel's links to its outputs
    written, kept = _write(root, wanted)
    lines = (*(f"wrote  {each}" for each in written), *(f"kept   {each}, which was there" for each in kept))
    return Report(
        {"folder": folder, "written": written, "kept": kept},
        lines,
        tuple(_next_steps(folder, spack=spack, bazel=bazel)),
    )


def settings_text(name: str) -> str:
    """Return a sygaldry.toml in which every setting is a comment with an example."""
    quoted = name.replace("\\", "").replace('"', "")
    rows = (f"# {key} = {value.format(name=_project(quoted))}  # {why}" for key, value, why in _EXAMPLES)
    return "\n".join(["# Settings of this project for Sygaldry.", _OWN_STORAGE.rstrip(), "", *rows, ""])


def _write(root: Path, wanted: dict[str, str | Path]) -> tuple[list[str], list[str]]:
    written, kept = [], []
    for name, content in wanted.items():
        target = root / name
        if target.exists() or target.is_symlink():
            kept.append(name)
            continue
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, Path):
                copyfile(content, target)
                target.chmod(content.stat().st_mode & 0o755)
            else:
                # Another init may have written it meanwhile.
                with target.open("x", encoding="utf-8") as file:
                    file.write(content)
        except FileExistsError:
            kept.append(name)
            continue
        except OSError as error:
            raise StorageError(f"cannot write {target}: {error.strerror}", hint="is the folder yours?") from error
        written.append(name)
    return written, kept


def _next_steps(folder: str, *, spack: bool, bazel: bool) -> Iterator[str]:
    launcher, program = layout().launcher(folder), layout().program(folder)
    yield f"next: {launcher}"
    if spack:
        yield f"build the stack: {launcher} --entrypoint spack-build"
    else:
        yield f"the pinned Spack stack, in {SPACK}: {program} init --spack"
    if bazel:
        yield f"build with Bazel: {launcher} -- bazel build //..."
    else:
        yield f"more: {program} init --bazel, {program} init --devcontainer"


def _project(name: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "._-" else "-" for letter in name).strip("._-") or "project"


def _identifier(name: str) -> str:
    text = "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in name).strip("_").lower()
    return text if text[:1].isalpha() else f"project_{text}".rstrip("_")
