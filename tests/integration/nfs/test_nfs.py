"""Workspace and storage on a real NFS 4.2 mount: `./tools/check -s nfs` prepares the machine and runs this."""

import os
import shlex
import subprocess
from pathlib import Path

import pytest
from tests.integration.conftest import SYGALDRY

pytestmark = pytest.mark.slow
_INIT = Path(__file__).with_name("init.sh")
_BAZEL = "/usr/bin/bazel-4"
_SETTINGS = f"""
export SYGALDRY_RUNTIME=sandbox NO_COLOR=1
export SYGALDRY_WORKSPACE=/run/nfs/app SYGALDRY_STORAGE_ROOT=/run/nfs/storage
sygaldry={SYGALDRY}
mkdir -p /run/nfs/app/sub /run/nfs/storage
cd /run/nfs/app
"""


def boot(script: str, tmp_path: Path, *, squash: str = "no_root_squash") -> str:
    """Run a script in a machine of its own, and return what it prints; skips where the machine was not prepared."""
    kernel = os.environ.get("SYGALDRY_TEST_NFS", "")
    if not kernel:
        pytest.skip("no machine with NFS: ./tools/check -s nfs")
    subprocess.run([SYGALDRY, "--version"], stdout=subprocess.DEVNULL, check=True)  # its environment is made here
    file = tmp_path / "script"
    file.write_text(_SETTINGS + script)
    variables = {"TEST_FOLDER": Path(kernel).parent, "TEST_SCRIPT": file, "TEST_SQUASH": squash}
    words = [f"{name}={value}" for name, value in variables.items()]
    console = ["con=null", "con0=null,fd:1", "quiet"]
    done = subprocess.run(
        [kernel, "mem=4G", "rootfstype=hostfs", "rootflags=/", "ro", f"init={_INIT}", *console, *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        timeout=600,
        check=False,
    )
    return done.stdout.replace("\r\n", "\n")


def test_launches_jobs_and_environments_work_on_nfs(tmp_path: Path) -> None:
    shown = boot(
        """
$sygaldry launch -q -- sh -c 'stat -f -c "on %T" /workspace /opt/bazel_cache; echo kept >~/file; pwd'
cd sub; $sygaldry launch -q -- sh -c 'pwd; cat ~/file'; cd ..
for each in one two; do $sygaldry launch -q -- sh -c "sleep 1; echo $each >>/workspace/both" & done; wait
sort both
$sygaldry job run --job n --quiet -- sh -c 'echo in a job; exit 3' >/dev/null
$sygaldry job wait --job n --timeout 60 >/dev/null; echo "waited $?"
$sygaldry job logs --job n
$sygaldry up -q >/dev/null; $sygaldry exec -- id -un; $sygaldry down -q >/dev/null
""",
        tmp_path,
    )
    expected = "on nfs\non nfs\n/workspace\n/workspace/sub\nkept\none\ntwo\nwaited 1\nin a job\nkvothe\nexit code 0\n"
    assert expected in shown, shown


def test_bazel_builds_on_nfs_and_its_wrapper_warns(tmp_path: Path) -> None:
    if not Path(_BAZEL).exists():
        pytest.skip("no Bazel here: apt-get install bazel-bootstrap")
    build = shlex.join(["bazel", "build", "--color=no", "--curses=no", "--symlink_prefix=/", "//:g"])
    shown = boot(
        f"""
echo 'workspace(name = "small")' >WORKSPACE
echo 'genrule(name = "g", outs = ["g.txt"], cmd = "sleep 1; echo hi >$@")' >BUILD
export SYGALDRY_ENV=BAZEL_REAL={_BAZEL}
for each in 1 2; do ($sygaldry launch -q -- {build} 2>&1; echo "built $?") & done; wait
""",
        tmp_path,
    )
    assert shown.count("built 0\n") == 2, shown
    assert "/opt/bazel_cache is on NFS, where Bazel is slow" in shown


def test_a_root_that_the_server_squashes_can_work_and_is_refused_storage(tmp_path: Path) -> None:
    shown = boot(
        """
export SYGALDRY_STORAGE_ROOT=/run/storage
$sygaldry launch -q -- sh -c 'touch made; stat -c "made by %u" made'
export SYGALDRY_STORAGE_ROOT=/run/nfs/storage
$sygaldry launch -q -- true 2>&1; echo "refused $?"
""",
        tmp_path,
        squash="root_squash",
    )
    assert "made by 65534\n" in shown, shown
    assert "belongs to user 65534, not to you\n" in shown
    assert "refused 125\n" in shown
