"""The zlib of this machine as a package of a Spack store, as pkg/zephyr/spack.lock names it."""

import json
import shutil
from pathlib import Path

import pytest
from tests.integration.conftest import CHECKOUT

_HEADER = Path("/usr/include/zlib.h")


def install_zlib(store: Path) -> None:
    """Copy headers and libraries, and write Spack's database; skips where this machine has no zlib to copy."""
    if not _HEADER.exists():
        pytest.skip("no zlib to install: apt-get install zlib1g-dev")
    lock = json.loads((CHECKOUT / "pkg" / "zephyr" / "spack.lock").read_text())
    key = next(key for key, node in lock["concrete_specs"].items() if node["name"] == "zlib-ng")
    install = store / "install"
    prefix = install / "zlib"
    for folder in ("include", "lib", "../.spack-db"):
        (prefix / folder).mkdir(parents=True)
    for header in ("zlib.h", "zconf.h"):
        source = _HEADER.with_name(header)
        shutil.copy(source if source.exists() else next(Path("/usr/include").glob(f"*/{header}")), prefix / "include")
    for name in ("libz.so", "libz.so.1"):
        shutil.copy(next(Path("/usr/lib").glob(f"*/{name}")), prefix / "lib" / name)
    records = {key: {"path": "/opt/spack_store/install/zlib", "installed": True, "spec": {}}}
    (install / ".spack-db" / "index.json").write_text(json.dumps({"database": {"installs": records}}))
