"""The contract of a runtime: launch, arguments, exit codes, signals, stdin, identity, storage, network, jobs, stop."""

import json
import os
import signal
import time
from collections.abc import Callable

import pytest
from tests.integration.contract.conftest import Subject

from sygaldry import runtimes

pytestmark = pytest.mark.contract
_PATIENCE_S = 30.0
_WORDS = ("x y", "", "$HOME", "*", "-e", "--", "a'b\"c", "line\nbreak", "$(id)", "é")


def until(condition: Callable[[], object], what: str) -> None:
    """Poll until a condition holds."""
    deadline = time.monotonic() + _PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


def test_the_runtime_reports_what_it_is_here(subject: Subject) -> None:
    found = json.loads(subject.sygaldry("runtimes", "--json").stdout)["data"]["runtimes"][subject.runtime]
    assert found["works"], found
    assert found["rootless"] is (subject.user == runtimes.ROOTLESS)


def test_identity_home_folder_and_exit_code(subject: Subject) -> None:
    done = subject.launch("sh", "-c", "id -un; echo $HOME; pwd; exit 7")
    assert (done.stdout, done.returncode) == ("kvothe\n/home/kvothe\n/workspace\n", 7), done.stderr


def test_arguments_and_stdin_arrive_unchanged(subject: Subject) -> None:
    done = subject.launch("printf", "%s|", *_WORDS)
    assert done.stdout == "".join(f"{word}|" for word in _WORDS), done.stderr
    assert subject.launch("cat", stdin="a b\n\0c").stdout == "a b\n\0c"


@pytest.mark.parametrize(
    ("script", "code"), [("kill -9 $$", 137), ("kill -TERM $$", 143), ("exit 255", 255), ("exit 125", 125), ("true", 0)]
)
def test_the_exit_code_is_the_commands(subject: Subject, script: str, code: int) -> None:
    assert subject.launch("sh", "-c", script).returncode == code


def test_a_command_that_is_missing_and_one_that_cannot_run(subject: Subject) -> None:
    assert subject.launch("/no/such/program").returncode == 127
    assert subject.launch("/etc/passwd").returncode == 126


def test_what_is_written_lasts_and_is_the_callers(subject: Subject) -> None:
    script = "touch mark ~/mark /opt/spack_store/mark /opt/bazel_cache/mark && mkdir folder"
    done = subject.launch("sh", "-c", script)
    assert done.returncode == 0, done.stderr
    for path in (subject.workspace / "mark", *subject.folder.glob("storage/*/*/mark")):
        assert path.stat().st_uid == subject.uid, path
    assert len(list(subject.folder.glob("storage/*/*/mark"))) == 3
    again = subject.launch("sh", "-c", "test -e ~/mark && rmdir folder && ! touch /opt/sygaldry/container/mark")
    assert again.returncode == 0, again.stderr


def test_privileges_are_few(subject: Subject) -> None:
    status = dict(
        line.split(":", 1) for line in subject.launch("cat", "/proc/self/status").stdout.splitlines() if ":" in line
    )
    # CHOWN, DAC_OVERRIDE, FOWNER; the root of a rootless Docker has them over its own user's files only.
    is_root = subject.uid == 0 or (subject.runtime, subject.user) == ("docker", runtimes.ROOTLESS)
    allowed = 0b1011 if is_root else 0
    effective = int(status["CapEff"], 16)
    assert effective & ~allowed == 0, status["CapEff"]
    assert status["NoNewPrivs"].strip() == "1"


def test_no_network_is_no_network(subject: Subject) -> None:
    done = subject.launch("cat", "/proc/net/dev", SYGALDRY_NETWORK="none")
    names = [line.partition(":")[0].strip() for line in done.stdout.splitlines()[2:]]
    assert set(names) <= {"lo", "tunl0", "sit0", "ip6tnl0", "gre0", "gretap0", "erspan0", "ip_vti0", "ip6_vti0"}, names
    assert done.returncode == 0, done.stderr


def test_a_variable_reaches_the_command_unexpanded(subject: Subject) -> None:
    done = subject.launch("sh", "-c", 'printf %s "$ODD"', SYGALDRY_PASS_ENVIRONMENT="ODD", ODD="$(id) `id` 'x' \"y\"")
    assert done.stdout == "$(id) `id` 'x' \"y\"", done.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_reaches_the_command(subject: Subject, number: signal.Signals) -> None:
    script = f"trap 'echo got; exit 42' {number.name.removeprefix('SIG')}; echo ready; while :; do sleep 0.1; done"
    process = subject.start("--", "sh", "-c", script)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n", process.communicate()
    process.send_signal(number)
    out, err = process.communicate(timeout=_PATIENCE_S)
    assert (out, process.returncode) == ("got\n", 42), err


def test_a_killed_launcher_leaves_no_process(subject: Subject) -> None:
    beat = subject.workspace / "beat"
    script = "while :; do date +%s%N > /workspace/beat; echo beat; sleep 0.2; done"
    process = subject.start("--", "sh", "-c", script)
    assert process.stdout is not None
    assert process.stdout.readline() == "beat\n", process.communicate()
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()

    def is_still() -> bool:
        before = beat.read_text()
        time.sleep(0.6)
        return beat.read_text() == before

    until(is_still, "the command to end with its launcher")
    until(lambda: not subject.image_users(), "what serves the image to end with its launcher")


def test_an_engine_that_cannot_start_is_125(subject: Subject) -> None:
    if subject.runtime == "sandbox":
        broken = {"SYGALDRY_ROOTFS": "/no/such/root"}
    elif subject.runtime == "apptainer":
        broken = {"SYGALDRY_ROOTFS": "/no/such/image.sif"}
    else:
        broken = {"SYGALDRY_MOUNTS": "/no/such/folder:/data"}
    done = subject.launch("true", **broken)
    assert done.returncode == 125, done.stderr
    assert done.stderr.startswith("sygaldry: ") or "\nsygaldry: " in done.stderr


def test_a_job_ends_with_its_exit_code_and_another_is_stopped(subject: Subject) -> None:
    name = f"fails-{subject.user}"
    started = subject.sygaldry("job", "run", "--job", name, "--", "sh", "-c", "echo hello; exit 3")
    assert started.returncode == 0, started.stderr
    waited = subject.sygaldry("job", "wait", name, "--timeout", "60")
    assert waited.returncode == 1, waited.stdout
    status = json.loads(subject.sygaldry("job", "status", name, "--json").stdout)
    assert "FAILED" in json.dumps(status)
    logs = [path.read_text() for path in subject.folder.glob(f"storage/*/bazel_cache/zephyr_jobs/{name}-*.log")]
    assert logs == ["hello\n"]
    endless = f"endless-{subject.user}"
    subject.sygaldry("job", "run", "--job", endless, "--", "sh", "-c", "echo began; sleep 600")
    until(lambda: any(subject.folder.glob(f"storage/*/bazel_cache/zephyr_jobs/{endless}-*.log")), "the job to begin")
    stopped = subject.sygaldry("job", "stop", "--job", endless)
    assert stopped.returncode == 0, stopped.stderr
    assert subject.sygaldry("job", "wait", endless, "--timeout", "60").returncode == 3


def test_an_environment_stays_up_until_it_is_taken_down(subject: Subject) -> None:
    started = subject.sygaldry("up")
    if subject.runtime == "apptainer":
        assert started.returncode == 2, started.stderr
        assert "apptainer cannot keep an environment up" in started.stderr
        return
    assert started.returncode == 0, started.stderr
    try:
        entered = subject.sygaldry("exec", "--", "sh", "-c", "id -un; pwd; touch ~/entered; exit 5")
        assert (entered.stdout, entered.returncode) == ("kvothe\n/workspace\n", 5), entered.stderr
        (mark,) = subject.folder.glob("storage/*/*/entered")
        assert mark.stat().st_uid == subject.uid
        assert "running" in subject.sygaldry("ps").stdout
    finally:
        ended = subject.sygaldry("down")
    assert ended.returncode == 0, ended.stderr
    assert subject.sygaldry("exec", "--", "true").returncode == 125
