"""Whatever happens to a launch in the sandbox, the command hears of it and nothing is left behind."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

import pexpect
import pytest
from tests.integration.conftest import LAUNCHER, World

pytestmark = pytest.mark.sandbox
_PATIENCE_S = 20.0


def until(condition: Callable[[], bool], what: str, within_s: float = _PATIENCE_S) -> None:
    """Poll for a condition, with a deadline."""
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, f"still waiting for: {what}"
        time.sleep(0.02)


def processes_with(mark: str) -> list[int]:
    """Find processes whose arguments hold a mark."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and mark.encode() in (entry / "cmdline").read_bytes():
                found.append(int(entry.name))
        except OSError:
            continue
    return [pid for pid in found if pid != os.getpid()]


def started(world: World, ready: Path, script: str) -> "subprocess.Popen[str]":
    """Start a script in the sandbox, its output into a file, and wait until it says that it runs."""
    with ready.with_name("out").open("w") as output:
        process = _spawned(world, ready, script, output)
    until(ready.exists, "the command to start")
    return process


def _spawned(world: World, ready: Path, script: str, output: IO[str]) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [str(LAUNCHER), "-q", "--workspace", str(ready.parent), "--", "bash", "-c", script],
        stdout=output,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        env=world.environment(),
        start_new_session=True,
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1])
def test_a_signal_reaches_the_command_which_cleans_up(sandbox: World, tmp_path: Path, number: signal.Signals) -> None:
    name = number.name.removeprefix("SIG")
    script = f"trap 'echo cleaned; exit 42' {name}; touch ready; while :; do sleep 0.1; done"
    process = started(sandbox, tmp_path / "ready", script)
    process.send_signal(number)
    assert process.wait(_PATIENCE_S) == 42
    assert (tmp_path / "out").read_text() == "cleaned\n"


def test_a_command_that_does_not_handle_a_signal_dies_of_it(sandbox: World, tmp_path: Path) -> None:
    process = started(sandbox, tmp_path / "ready", "touch ready; exec sleep 600")
    process.terminate()
    assert process.wait(_PATIENCE_S) == 128 + signal.SIGTERM


def test_a_killed_launcher_leaves_nothing(sandbox: World, tmp_path: Path) -> None:
    mark = f"{600000 + os.getpid()}.5"
    script = f"setsid sleep {mark} & (trap '' TERM HUP INT; sleep {mark}) & touch ready; sleep {mark}"
    process = started(sandbox, tmp_path / "ready", script)
    assert len(processes_with(mark)) >= 3
    process.kill()
    process.wait(_PATIENCE_S)
    until(lambda: not processes_with(mark), "every process inside to end")


def test_what_outlives_the_command_is_ended_with_it(sandbox: World, tmp_path: Path) -> None:
    mark = f"{700000 + os.getpid()}.5"
    process = started(sandbox, tmp_path / "ready", f"setsid sleep {mark} > /dev/null 2>&1 & touch ready; exit 3")
    assert process.wait(_PATIENCE_S) == 3
    until(lambda: not processes_with(mark), "the daemon inside to end")


def terminal(world: World, *words: str) -> "pexpect.spawn[str]":
    """Start the launcher on a terminal of 30 by 100."""
    child = pexpect.spawn(
        str(LAUNCHER),
        ["-q", *words],
        env=world.environment(TERM="xterm"),
        dimensions=(30, 100),
        encoding="utf-8",
        timeout=20,
    )
    child.delaybeforesend = None
    return child


def test_a_shell_says_where_one_is_and_has_job_control(sandbox: World) -> None:
    child = terminal(sandbox, "--project-id", "demo")
    child.expect_exact("sandbox:demo")
    mark = f"{900000 + os.getpid()}.5"
    child.sendline(f"sleep {mark}")
    until(lambda: bool(processes_with(mark)), "the job in the foreground")
    child.sendcontrol("z")
    child.expect("Stopped")
    child.sendline("kill %1; echo size $(stty size); exit 5")
    child.expect_exact("size 30 100")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 5


def test_a_resized_terminal_is_reported(sandbox: World) -> None:
    child = terminal(sandbox, "--", "bash", "-c", "trap 'stty size; exit' WINCH; echo up; while :; do sleep 0.1; done")
    child.expect_exact("up")
    child.setwinsize(40, 120)
    child.expect_exact("40 120")
    child.expect(pexpect.EOF)


def test_control_c_lets_the_command_clean_up(sandbox: World) -> None:
    child = terminal(
        sandbox, "--", "bash", "-c", "trap 'sleep 0.3; echo cleaned; exit 9' INT; echo up; while :; do sleep 0.1; done"
    )
    child.expect_exact("up")
    child.sendcontrol("c")
    child.expect_exact("cleaned")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 9


def test_a_closed_terminal_ends_the_command(sandbox: World) -> None:
    mark = f"{800000 + os.getpid()}.5"
    child = terminal(sandbox, "--", "bash", "-c", f"echo up; sleep {mark}")
    child.expect_exact("up")
    until(lambda: bool(processes_with(mark)), "the command to start")
    child.close(force=False)
    until(lambda: not processes_with(mark), "the command to end")


def test_two_launches_at_once_on_an_empty_machine_both_work(sandbox: World, tmp_path: Path) -> None:
    variables = sandbox.environment(SYGALDRY_VENV=str(tmp_path / "venv"))
    argv = [str(LAUNCHER), "-q", "--", "echo", "ok"]
    both = [
        subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=variables)
        for _ in range(2)
    ]
    answers = [process.communicate(timeout=300) for process in both]
    assert [out for out, _ in answers] == ["ok\n", "ok\n"], answers
    assert sum("setting up" in err for _, err in answers) == 1, "the second waits for the first"


def test_an_interrupted_set_up_is_repaired_by_the_next_run(sandbox: World, tmp_path: Path) -> None:
    venv = tmp_path / "venv"
    variables = sandbox.environment(SYGALDRY_VENV=str(venv))
    argv = [str(LAUNCHER), "-q", "--", "echo", "ok"]
    quiet = subprocess.DEVNULL
    first = subprocess.Popen(argv, stdout=quiet, stderr=quiet, env=variables, start_new_session=True)
    until((venv / "bin" / "python").exists, "the set-up to begin")
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    assert not (venv / "ready").exists()
    done = subprocess.run(argv, capture_output=True, text=True, env=variables, check=False)
    assert (done.stdout, done.returncode) == ("ok\n", 0), done.stderr


def test_a_read_only_storage_root_is_reported(sandbox: World, tmp_path: Path) -> None:
    if os.getuid() != 0:
        pytest.skip("mounting needs root")
    script = f"mount -t tmpfs -o ro none {tmp_path / 'ro'} && exec {LAUNCHER} -q -- true"
    (tmp_path / "ro").mkdir()
    argv = ["unshare", "--mount", "sh", "-c", script]
    environment = sandbox.environment(SYGALDRY_STORAGE_ROOT=str(tmp_path / "ro" / "root"))
    done = subprocess.run(argv, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 125
    assert done.stderr.startswith(f"sygaldry: cannot create {tmp_path}/ro/root")
    assert "SYGALDRY_STORAGE_ROOT" in done.stderr


def test_a_full_storage_root_is_reported_and_nothing_half_made_is_believed(sandbox: World, tmp_path: Path) -> None:
    if os.getuid() != 0:
        pytest.skip("mounting needs root")
    full = tmp_path / "full"
    full.mkdir()
    script = (
        f"mount -t tmpfs -o size=64k none {full} && head -c 1M /dev/zero > {full}/ballast 2>/dev/null; "
        f"{LAUNCHER} -q -- true; echo rc $?; rm {full}/ballast; {LAUNCHER} -q -- echo recovered"
    )
    environment = sandbox.environment(SYGALDRY_STORAGE_ROOT=str(full / "root"))
    argv = ["unshare", "--mount", "sh", "-c", script]
    done = subprocess.run(argv, capture_output=True, text=True, env=environment, check=False)
    assert done.stdout == "rc 125\nrecovered\n", done.stderr
    assert "No space left on device" in done.stderr
    assert "warning: only 0.0 GiB are free" in done.stderr


def test_somebody_elses_storage_is_never_used(sandbox: World) -> None:
    if os.getuid() != 0:
        pytest.skip("giving a folder away needs root")
    folder = sandbox.root / "demo"
    folder.mkdir(parents=True)
    os.chown(folder, 12345, 12345)
    done = sandbox.run("--project-id", "demo", "--", "true")
    assert done.returncode == 125
    assert "belongs to user 12345, not to you" in done.stderr
    assert list(folder.iterdir()) == []


def test_two_checkouts_cannot_share_an_id_by_accident(sandbox: World, tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for folder in (one, two):
        folder.mkdir()
    assert sandbox.run("--workspace", str(one), "--project-id", "x", "--", "true").returncode == 0
    refused = sandbox.run("--workspace", str(two), "--project-id", "x", "--", "true")
    assert refused.returncode == 125
    assert f"belongs to another workspace: {one}" in refused.stderr
    one.rename(tmp_path / "moved")
    refused = sandbox.run("--workspace", str(two), "--project-id", "x", "--", "true")
    assert "was it renamed, or is its disk not mounted?" in refused.stderr, "a missing path proves nothing"
    assert sandbox.sygaldry("storage", "adopt", "--workspace", str(two), "--project-id", "x").returncode == 0
    assert sandbox.run("--workspace", str(two), "--project-id", "x", "--", "true").returncode == 0


def test_namesakes_get_ids_of_their_own(sandbox: World, tmp_path: Path) -> None:
    one, two = tmp_path / "a" / "same", tmp_path / "b" / "same"
    for folder in (one, two):
        folder.mkdir(parents=True)
        assert sandbox.run("--workspace", str(folder), "--", "sh", "-c", "pwd > ~/mine").returncode == 0
    projects = sorted(folder.name for folder in sandbox.root.iterdir())
    assert projects[0] == "same"
    assert projects[1].startswith("same-")


def test_a_damaged_marker_is_reported(sandbox: World) -> None:
    assert sandbox.run("--project-id", "demo", "--", "true").returncode == 0
    (sandbox.root / "demo" / ".sygaldry" / "project").write_text("\0garbage")
    done = sandbox.run("--project-id", "demo", "--", "true")
    assert done.returncode == 125
    assert "is damaged or not ours" in done.stderr


def test_a_kernel_that_forbids_namespaces_is_reported_with_the_setting_and_the_command(sandbox: World) -> None:
    if os.getuid() != 0:
        pytest.skip("forbidding namespaces needs root in one")
    drop = "setpriv --bounding-set=-all --inh-caps=-all --ambient-caps=-all"
    script = f"echo 0 > /proc/sys/user/max_user_namespaces && exec {drop} {LAUNCHER} -q -- true"
    argv = ["unshare", "--user", "--map-root-user", "sh", "-c", script]
    done = subprocess.run(argv, capture_output=True, text=True, env=sandbox.environment(), check=False)
    assert done.returncode == 125, done.stderr
    assert "sandbox cannot run here: the kernel allows no user namespaces" in done.stderr
    assert "sysctl -w user.max_user_namespaces" in done.stderr


def test_a_killed_bubblewrap_is_reported_as_a_kill_not_as_a_failed_start(sandbox: World, tmp_path: Path) -> None:
    mark = f"{950000 + os.getpid()}.5"
    process = started(sandbox, tmp_path / "ready", f"touch ready; sleep {mark}")
    outer = min(pid for pid in processes_with(mark) if b"bwrap" in Path(f"/proc/{pid}/cmdline").read_bytes())
    os.kill(outer, signal.SIGKILL)
    assert process.wait(_PATIENCE_S) == 128 + signal.SIGKILL
    assert (tmp_path / "out").read_text() == ""
    until(lambda: not processes_with(mark), "every process inside to end")
