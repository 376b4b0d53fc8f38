"""A pinned download from a mirror on this machine: used when its checksum is right, and never otherwise."""

import hashlib
import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from shutil import copyfile
from threading import Thread

import pytest
from tests.integration.conftest import CHECKOUT

CONTENT = b"a toolchain\n"
MACHINE = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine(), platform.machine())


class _Silent(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's own word
        """Say nothing."""


@pytest.fixture
def mirror(tmp_path: Path) -> Iterator[str]:
    """Serve a folder on 127.0.0.1."""
    folder = tmp_path / "mirror"
    folder.mkdir()
    (folder / "tool-1.0.tar.gz").write_bytes(CONTENT)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Silent, directory=str(folder)))
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def fetched(tmp_path: Path, mirror: str, pin: dict[str, object], *words: str) -> "subprocess.CompletedProcess[str]":
    """Run fetch.py with one artifact pinned."""
    place = tmp_path / "image"
    place.mkdir(exist_ok=True)
    copyfile(CHECKOUT / "container" / "image" / "fetch.py", place / "fetch.py")
    pins = {"artifacts": {"tool": {"1.0": {MACHINE: {"url": "https://nowhere.invalid/x/tool-1.0.tar.gz", **pin}}}}}
    (place / "artifacts.json").write_text(json.dumps(pins))
    kept = {name: text for name, text in os.environ.items() if "proxy" not in name.lower()}
    return subprocess.run(
        [sys.executable, "-I", str(place / "fetch.py"), *(words or ("get", "tool", "1.0", str(tmp_path / "out")))],
        capture_output=True,
        text=True,
        env={**kept, "ARTIFACT_MIRROR": mirror},
        check=False,
    )


def test_the_right_file_is_taken_from_the_mirror(tmp_path: Path, mirror: str) -> None:
    done = fetched(tmp_path, mirror, {"sha256": hashlib.sha256(CONTENT).hexdigest()})
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.strip()).read_bytes() == CONTENT
    assert done.stderr == f"sygaldry: fetching {mirror}/tool-1.0.tar.gz\n"


def test_a_wrong_checksum_leaves_nothing_and_names_both(tmp_path: Path, mirror: str) -> None:
    done = fetched(tmp_path, mirror, {"sha256": "0" * 64})
    assert done.returncode == 1
    assert f"it is {hashlib.sha256(CONTENT).hexdigest()}, pinned is {'0' * 64}" in done.stderr
    assert "  hint: " in done.stderr
    assert done.stdout == ""
    assert list((tmp_path / "out").iterdir()) == []


def test_without_a_checksum_nothing_is_even_fetched(tmp_path: Path, mirror: str) -> None:
    done = fetched(tmp_path, mirror, {"sha256": None})
    assert done.returncode == 1
    assert "has no checksum in container/artifacts.json" in done.stderr
    assert "write its sha256sum there" in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("pin", "problem"),
    [({"file": "other.tar.gz", "sha256": "0" * 64}, "cannot be fetched"), ({"sha256": "0" * 64}, "does not match")],
)
def test_what_cannot_be_had_is_said_with_its_remedy(
    tmp_path: Path, mirror: str, pin: dict[str, object], problem: str
) -> None:
    done = fetched(tmp_path, mirror, pin)
    assert done.returncode == 1
    assert problem in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_version_names_those_that_are_pinned(tmp_path: Path, mirror: str) -> None:
    done = fetched(tmp_path, mirror, {}, "get", "tool", "2.0", str(tmp_path))
    assert done.returncode == 1
    assert "tool 2.0 is not pinned in container/artifacts.json (pinned: 1.0)" in done.stderr


def test_every_pin_of_the_checkout_is_whole() -> None:
    pins = json.loads((CHECKOUT / "container" / "artifacts.json").read_text())
    found = [pin for versions in pins["artifacts"].values() for each in versions.values() for pin in each.values()]
    assert len(found) >= 10
    for pin in found:
        assert pin["url"].startswith("https://")
        assert pin["sha256"] is None or len(bytes.fromhex(pin["sha256"])) == 32
    hashes = [one for group in pins["python_packages"].values() for each in group.values() for one in each]
    assert {len(bytes.fromhex(one)) for one in hashes} == {32}
