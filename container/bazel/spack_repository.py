"""Write the files of an external Bazel repository for a Spack lock into the current folder.

Run by spack.bzl. Standard library only, Python 3.8 or newer. Each package of the lock becomes a Bazel package of its
own, so that a build loads only what it uses; a name at the top is an alias. A package that is not installed has a
target too, which is incompatible with every platform: what needs it is skipped instead of failing.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import sys
from pathlib import Path
from typing import Any, Mapping  # noqa: UP035 - Python 3.8 cannot subscribe that of collections.abc

PROGRAMS = ("nvcc", "python3", "gcc", "clang", "go", "rustc")
NAME = re.compile(r"[a-z0-9_][a-z0-9_.+-]*\Z")
CUDA_FOLDERS = ("/usr/local/cuda/bin",)

DEFS = '''"""What this machine has, and how a target is skipped where something is absent."""

INSTALLED = {installed}

# Absolute paths of programs; empty where one is not on PATH.
PROGRAMS = {programs}

_COMPATIBILITY = {compatibility}

def optional(rule, packages = [], programs = [], **attributes):
    """Declare a target that is skipped unless these Spack packages and programs are here.

    Use it as `optional(cc_test, packages = ["zlib"], name = "x", ...)`. A Bazel older than 4 cannot skip a target, so
    there wildcards such as //... leave it out.
    """
    absent = [each for each in packages if each not in INSTALLED]
    absent += [each for each in programs if not PROGRAMS.get(each)]
    if absent and _COMPATIBILITY:
        attributes["target_compatible_with"] = attributes.get("target_compatible_with", []) + ["@{repository}//:absent"]
    elif absent:
        attributes["tags"] = attributes.get("tags", []) + ["manual"]
    rule(**attributes)
'''

TOP = """package(default_visibility = ["//visibility:public"])

# No platform has this value.
constraint_setting(name = "presence")

constraint_value(
    name = "absent",
    constraint_setting = ":presence",
)
"""

ALIAS = """
alias(
    name = "{name}",
    actual = "//{target}",
)
"""

PACKAGE = """package(default_visibility = ["//visibility:public"])

_SHARED = glob(
    [
        "lib/*.so",
        "lib/*.so.*",
        "lib64/*.so",
        "lib64/*.so.*",
    ],
    allow_empty = True,
)

# {label}
cc_library(
    name = "{name}",
    srcs = _SHARED or glob(
        [
            "lib/*.a",
            "lib64/*.a",
        ],
        allow_empty = True,
    ),
    hdrs = glob(
        ["include/**"],
        allow_empty = True,
    ),
    includes = ["include"],
    deps = {deps},
)
"""

EMPTY = """package(default_visibility = ["//visibility:public"])

# {label}: {reason}
cc_library(
    name = "{name}",{more}
)
"""


def main() -> int:
    """Write the repository; exit code 1 with one line if the lock or the database cannot be read."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lock", default="")
    parser.add_argument("--store", required=True)
    parser.add_argument("--compatibility", action="store_true")
    arguments = parser.parse_args()
    try:
        nodes = load_nodes(arguments.lock) if arguments.lock else {}
        prefixes = load_prefixes(arguments.store)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        sys.stderr.write(f"cannot read the lock or the database of the store: {error}\n")
        return 1
    write_repository(nodes, prefixes, arguments.compatibility)
    return 0


def load_nodes(path: str) -> dict[str, dict[str, Any]]:
    """Map names to the nodes of a lock; of several nodes with one name, a root or else the first one counts."""
    lock = json.loads(Path(path).read_text(encoding="utf-8"))
    roots = [each["hash"] for each in lock["roots"]]
    ordered = roots + [key for key in sorted(lock["concrete_specs"]) if key not in roots]
    nodes: dict[str, dict[str, Any]] = {}
    for key in ordered:
        node = lock["concrete_specs"][key]
        if NAME.match(node["name"]):
            nodes.setdefault(node["name"], dict(node, hash=key))
    return nodes


def provided_names(nodes: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Map virtual packages such as `blas` and `zlib-api`, and `zlib` itself, to the nodes that provide them."""
    found: dict[str, str] = {}
    for node in nodes.values():
        for each in node.get("dependencies", ()):
            for virtual in each.get("parameters", {}).get("virtuals") or ():
                for name in (virtual, virtual.partition("-api")[0]):
                    if NAME.match(name) and name not in nodes and each["name"] in nodes:
                        found.setdefault(name, each["name"])
    return found


def load_prefixes(store: str) -> dict[str, str]:
    """Map hashes to the folders in which packages are installed; empty without a store."""
    for path in (Path(store, "install/.spack-db/index.json"), Path(store, ".spack-db/index.json")):
        if path.is_file():
            installs = json.loads(path.read_text(encoding="utf-8"))["database"]["installs"]
            return {key: each["path"] for key, each in installs.items() if each.get("installed") and each.get("path")}
    return {}


def write_repository(nodes: Mapping[str, Mapping[str, Any]], prefixes: Mapping[str, str], compatibility: bool) -> None:
    """Write the top package, the definitions, and one package for each node."""
    installed = sorted(name for name, node in nodes.items() if "external" in node or node["hash"] in prefixes)
    targets = dict(provided_names(nodes), **{name: name for name in nodes})
    aliases = (ALIAS.format(name=name, target=target) for name, target in sorted(targets.items()))
    write("BUILD.bazel", TOP + "".join(aliases))
    repository = re.split("[~+]", Path.cwd().name)[-1]
    write(
        "defs.bzl",
        DEFS.format(
            installed=starlark(sorted(name for name, target in targets.items() if target in installed)),
            programs=json.dumps({name: find_program(name) for name in PROGRAMS}, indent=4, sort_keys=True),
            compatibility=compatibility,
            repository=repository,
        ),
    )
    for name, node in nodes.items():
        Path(name).mkdir(exist_ok=True)
        write(name + "/BUILD.bazel", package_of(node, installed, prefixes, compatibility))


def package_of(node: Mapping[str, Any], installed: list[str], prefixes: Mapping[str, str], compatibility: bool) -> str:
    """Return the BUILD file of one node, and link to its headers and libraries."""
    name = node["name"]
    label = f"{name}@" + re.sub(r"[^\w.+-]", "_", str(node.get("version", "")))
    if "external" in node:
        return EMPTY.format(name=name, label=label, reason="provided by the system", more="")
    prefix = prefixes.get(node["hash"], "")
    if not prefix:
        more = '\n    target_compatible_with = ["//:absent"],' if compatibility else ""
        return EMPTY.format(name=name, label=label, reason="not installed", more=more)
    for folder in ("include", "lib", "lib64"):
        if Path(prefix, folder).is_dir():
            Path(name, folder).symlink_to(Path(prefix, folder))
    linked = sorted({each["name"] for each in node.get("dependencies", ()) if is_linked(each)} & set(installed))
    return PACKAGE.format(name=name, label=label, deps=starlark(["//" + each for each in linked], 4))


def is_linked(dependency: Mapping[str, Any]) -> bool:
    """Return whether a package is linked with this dependency; older locks keep the kinds in `type`."""
    return "link" in (dependency.get("parameters", {}).get("deptypes") or dependency.get("type") or ())


def starlark(words: list[str], indent: int = 0) -> str:
    """Format a list of names, which need no escapes."""
    margin = " " * indent
    lines = "".join(f'{margin}    "{word}",\n' for word in words)
    return f"[\n{lines}{margin}]" if words else "[]"


def find_program(name: str) -> str:
    """Return the path of a program on PATH; CUDA's compiler is often beside it."""
    places = os.pathsep.join((os.environ.get("PATH", os.defpath), *(CUDA_FOLDERS if name == "nvcc" else ())))
    return shutil.which(name, path=places) or ""


def write(path: str, text: str) -> None:
    """Write a file."""
    Path(path).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
