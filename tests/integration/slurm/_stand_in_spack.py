"""A stand-in for Spack that installs by name only: it records a package in the database of the store, under a lock.

`PAUSE/NAME` holds a package back as long as that file exists; `FAIL/NAME` lets it fail.
"""

import fcntl
import json
import os
import sys
import time
from pathlib import Path


def main(words: list[str]) -> int:
    """Install the packages that are named by hash."""
    world = Path(os.environ["SYGALDRY_TEST_WORLD"])
    lock = json.loads((Path(words[words.index("-e") + 1]) / "spack.lock").read_text())["concrete_specs"]
    for key in (word[1:] for word in words if word[1:] in lock):
        name = lock[key]["name"]
        needed = [each["hash"] for each in lock[key].get("dependencies", ()) if not lock[each["hash"]].get("external")]
        absent = set(needed) - set(installs(world))
        with (world / "begun").open("a") as begun:
            begun.write(f"{name} {os.environ.get('SLURMD_NODENAME', '')} {len(absent)}\n")
        while (world / "pause" / name).exists():
            time.sleep(0.05)
        if (world / "fail" / name).exists():
            sys.stdout.write(f"==> Error: ProcessError: {name} does not compile\n")
            return 1
        record(world, key, lock[key])
    return 0


def installs(world: Path) -> dict[str, object]:
    """Return what is installed."""
    path = world / "store" / "install" / ".spack-db" / "index.json"
    found: dict[str, object] = json.loads(path.read_text())["database"]["installs"] if path.exists() else {}
    return found


def record(world: Path, key: str, spec: dict[str, object]) -> None:
    """Record a package as Spack does."""
    folder = world / "store" / "install" / ".spack-db"
    folder.mkdir(parents=True, exist_ok=True)
    prefix = folder.parent / key
    (prefix / ".spack").mkdir(parents=True, exist_ok=True)
    (prefix / ".spack" / "spec.json").write_text(json.dumps({"spec": {"nodes": [{**spec, "hash": key}]}}))
    with (folder / "lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        known = installs(world)
        known[key] = {"spec": {**spec, "hash": key}, "path": str(prefix), "installed": True}
        draft = folder / "draft"
        draft.write_text(json.dumps({"database": {"version": "8", "installs": known}}))
        draft.replace(folder / "index.json")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
