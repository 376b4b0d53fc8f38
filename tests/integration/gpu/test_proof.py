"""tools/gpu_proof on a machine as it is: every part that runs ends as it must, what cannot run is listed as skipped."""

import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest
from tests.integration.conftest import CHECKOUT

pytestmark = pytest.mark.slow


def test_a_session_is_one_archive_that_names_what_it_skipped(tmp_path: Path) -> None:
    out = tmp_path / "proof.tgz"
    done = subprocess.run(
        [sys.executable, str(CHECKOUT / "tools" / "gpu_proof"), "--out", str(out), "--level", "0"],
        capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    with tarfile.open(out) as archive:
        texts = {each.name: _text(archive, each) for each in archive if each.isfile()}
    summary: dict[str, Any] = json.loads(texts["gpu-proof/summary.json"])
    states = {each["part"]: each["state"] for each in summary["parts"]}
    assert set(states.values()) <= {"ok", "skipped"}
    assert all(each["reason"] for each in summary["parts"] if each["state"] == "skipped")
    caller = "root" if os.getuid() == 0 else "user"
    assert states[f"{caller}/inspect"] == states[f"{caller}/diagnose-of-snapshot"] == "ok"
    assert f"gpu-proof/{caller}/snapshot/snapshot.toml" in texts
    host = os.uname().nodename
    assert len(host) < 3 or not any(f" {host} " in text for text in texts.values())


def _text(archive: tarfile.TarFile, member: tarfile.TarInfo) -> str:
    file = archive.extractfile(member)
    return "" if file is None else file.read().decode(errors="replace")
