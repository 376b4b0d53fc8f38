"""A registry in a folder, of the modules that Debian's Bazel 7 ships; run inside of an image that has it.

    python3 debian_registry.py FOLDER

Bazel's own modules depend on these, in versions that its packages pin, and Bazel would ask bcr.bazel.build for them.
Each wanted version leads to the one that Debian ships; what Debian leaves out is a module without targets.
https://bazel.build/external/registry#index_registry
"""

import json
import re
import sys
from pathlib import Path

_SHIPPED = Path("/usr/share/bazel")
_DEPENDENCY = re.compile(r"bazel_dep\(([^)]*)\)")
_NAME = re.compile(r'name = "([^"]+)"')
_VERSION = re.compile(r'version = "([^"]+)"')


def main(folder: Path) -> None:
    """Write the registry."""
    texts = {path: path.read_text() for path in _SHIPPED.glob("*/*/MODULE.bazel")}
    sources = {_NAME.findall(text)[0]: path for path, text in texts.items()}
    own = (_SHIPPED / "embedded_tools" / "MODULE.bazel").read_text()
    wanted = {
        (_NAME.findall(body)[0], _VERSION.findall(body)[0])
        for body in _DEPENDENCY.findall("\n".join((own, *texts.values())))
        if "dev_dependency = True" not in body
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "bazel_registry.json").write_text("{}")
    for name, version in wanted:
        place = folder / "modules" / name / version
        place.mkdir(parents=True, exist_ok=True)
        source = sources.get(name)
        text = _with_version(texts[source], version) if source else f'module(name = "{name}", version = "{version}")'
        (place / "MODULE.bazel").write_text(text)
        path = source.parent if source else folder / "absent"
        (place / "source.json").write_text(json.dumps({"type": "local_path", "path": str(path)}))


def _with_version(text: str, version: str) -> str:
    start, end = re.search(r"module\([^)]*\)", text).span()  # type: ignore[union-attr]
    head, replaced = re.subn(_VERSION, f'version = "{version}"', text[start:end], count=1)
    head = head if replaced else head.replace("(", f'(version = "{version}",', 1)
    return text[:start] + head + text[end:]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
