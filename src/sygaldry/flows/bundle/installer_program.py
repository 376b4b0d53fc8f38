"""Install the Sygaldry of this bundle, without a network and without pip. Usage: python3 install.py [PREFIX]

It needs Python 3.11 and nothing else. The wheels of the bundle are checked and unpacked into
PREFIX/lib/sygaldry-VERSION (by default ~/.local), and PREFIX/bin/sygaldry starts them.
"""

import hashlib
import json
import os
import shutil
import sys
import zipfile
from pathlib import Path

_START = """#!/bin/sh
exec {python} -I -S -c 'import sys; sys.path.insert(0, "{library}"); from sygaldry.cli._main import run; run()' "$@"
"""


def main(prefix: Path) -> int:
    """Install, and print how to go on."""
    if sys.version_info < (3, 11):  # noqa: UP036 - whatever Python a machine has
        sys.stderr.write("install.py: Python 3.11 or newer is needed\n")
        return 4
    bundle = Path(__file__).resolve().parent
    index = json.loads((bundle / "index.json").read_text(encoding="utf-8"))
    wheels = [each for each in index["files"] if each["kind"] == "wheel"]
    if not wheels:
        sys.stderr.write("install.py: this bundle has no wheels\n")
        return 1
    library = prefix / "lib" / f"sygaldry-{index['sygaldry']}"
    draft = library.with_name(f".{library.name}.{os.getpid()}")
    draft.mkdir(parents=True)
    try:
        for each in wheels:
            unpack(content(bundle, each, index["part_bytes"], draft), draft)
        shutil.rmtree(library, ignore_errors=True)
        draft.rename(library)
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        shutil.rmtree(draft, ignore_errors=True)
        sys.stderr.write(f"install.py: {error}\n")
        return 1
    start = prefix / "bin" / "sygaldry"
    start.parent.mkdir(parents=True, exist_ok=True)
    start.write_text(_START.format(python=sys.executable, library=library), encoding="utf-8")
    start.chmod(0o755)
    sys.stdout.write(f"installed {start}; next, in your project: {start} bundle apply {bundle}\n")
    return 0


def content(bundle: Path, wheel: "dict[str, object]", part_bytes: int, scratch: Path) -> Path:
    """Put a wheel together from its parts, and compare it with its digest. Raises ValueError."""
    sha256, size = str(wheel["sha256"]), int(str(wheel["size"]))
    count = max(-(-size // part_bytes), 1)
    stem = bundle / "blobs" / sha256[:2] / sha256
    parts = [stem] if count == 1 else [Path(f"{stem}.{number:05}") for number in range(count)]
    target = scratch / ".wheel"
    found = hashlib.sha256()
    with target.open("wb") as file:
        for part in parts:
            data = part.read_bytes()
            found.update(data)
            file.write(data)
    if found.hexdigest() != sha256:
        raise ValueError(f"{parts[0]} is damaged: copy the bundle again")
    return target


def unpack(wheel: Path, library: Path) -> None:
    """Unpack a wheel; its data folders go where the wheel says. Raises ValueError for a path that leads outside."""
    with zipfile.ZipFile(wheel) as archive:
        for member in archive.infolist():
            if member.is_dir():
                continue
            words = member.filename.split("/")
            if ".." in words or member.filename.startswith("/"):
                raise ValueError(f"{member.filename} leads outside of the wheel")
            if words[0].endswith(".data"):
                # As pip does: purelib and platlib beside the packages, scripts into a folder of programs.
                words = words[2:] if words[1] in ("purelib", "platlib") else ["bin", *words[2:]]
            target = library.joinpath(*words)
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(member) as source, target.open("wb") as file:
                shutil.copyfileobj(source, file)
            if (member.external_attr >> 16) & 0o111 or words[0] == "bin":
                target.chmod(0o755)
    wheel.unlink()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).absolute() if len(sys.argv) > 1 else Path.home() / ".local"))
