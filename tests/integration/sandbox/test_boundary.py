"""The sandbox is a boundary, also for root: what is inside cannot change, read or reach the rest of the host."""

import os
import pty
import select
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from tests.integration.conftest import LAUNCHER, World

_SHOW_NETWORK = "readlink /proc/self/ns/net; exec sleep 60"
pytestmark = pytest.mark.sandbox


def inside(sandbox: World, line: str, *options: str) -> subprocess.CompletedProcess[str]:
    return sandbox.run("-q", *options, "--", "sh", "-c", line)


def test_settings_of_the_kernel_cannot_be_written(sandbox: World) -> None:
    before = Path("/proc/sys/kernel/core_pipe_limit").read_text()
    done = inside(sandbox, "echo 7 > /proc/sys/kernel/core_pipe_limit")
    assert done.returncode != 0
    assert Path("/proc/sys/kernel/core_pipe_limit").read_text() == before
    for path in ("/proc/sysrq-trigger", "/proc/irq/default_smp_affinity", "/sys/kernel/profiling", "/sys/power/state"):
        if Path(path).exists():
            assert inside(sandbox, f": > {path}").returncode != 0, path


def test_masked_files_reveal_nothing(sandbox: World) -> None:
    for path in ("/proc/kcore", "/proc/keys", "/proc/timer_list"):
        assert inside(sandbox, f"cat {path} 2>/dev/null").stdout == "", path
    for folder in ("/proc/acpi", "/proc/scsi", "/sys/firmware", "/sys/kernel/debug"):
        assert inside(sandbox, f"ls {folder} 2>/dev/null").stdout == "", folder


def test_only_what_a_toolchain_needs_of_the_host_is_there(sandbox: World, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret\n")
    shown = inside(sandbox, "cd / && echo *").stdout.split()
    assert not {"boot", "srv", "mnt", "media", "root", "work", "swapfile"} & set(shown)
    line = f"cat /etc/shadow /etc/sudoers {tmp_path}/secret; ls /var/lib /root /boot /mnt /srv /home/*/.ssh"
    done = inside(sandbox, line)
    assert done.stdout == ""
    assert done.stderr.count("No such file or directory") >= 8
    assert inside(sandbox, "test -e /etc/ssl/certs && test -x /usr/bin/env && getent passwd kvothe").returncode == 0


def test_folders_of_a_site_are_shown_on_demand(sandbox: World, tmp_path: Path) -> None:
    (tmp_path / "sw").mkdir()
    (tmp_path / "sw" / "tool").write_text("tool\n")
    line = f"cat {tmp_path}/sw/tool; touch {tmp_path}/sw/new"
    done = inside(sandbox, line, "--host-folders", str(tmp_path / "sw"))
    assert done.stdout == "tool\n"
    assert "Read-only" in done.stderr


def test_capabilities_namespaces_and_mounts_are_denied(sandbox: World) -> None:
    status = inside(sandbox, "cat /proc/self/status").stdout
    fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    # CHOWN, DAC_OVERRIDE and FOWNER for root, nothing for anybody else.
    assert int(fields["CapEff"], 16) == (0b1011 if os.getuid() == 0 else 0)
    assert (fields["NoNewPrivs"], fields["Seccomp"]) == ("1", "2")
    for command in ("unshare --user true", "unshare --mount true", "mount -t tmpfs x /tmp", "dmesg"):
        assert inside(sandbox, command).returncode != 0, command


_CALLS = """
import ctypes, sys
libc = ctypes.CDLL(None, use_errno=True)
calls = {"bpf": 321, "userfaultfd": 323, "keyctl": 250, "add_key": 248, "init_module": 175}
calls |= {"kexec_load": 246, "perf_event_open": 298, "io_uring_setup": 425, "open_by_handle_at": 304}
for name, number in calls.items():
    ctypes.set_errno(0)
    answer = libc.syscall(number, 0, 0, 0, 0, 0)
    print(name, answer, ctypes.get_errno())
"""


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="the numbers of the calls are those of x86_64")
def test_dangerous_system_calls_are_denied(sandbox: World) -> None:
    done = sandbox.run("-q", "--", "python3", "-c", _CALLS)
    lines = [line.split() for line in done.stdout.splitlines()]
    assert len(lines) == 9, done.stderr
    assert [line for line in lines if line[1:] != ["-1", "1"]] == []


_TYPE = "import fcntl, termios; [fcntl.ioctl(0, termios.TIOCSTI, bytes([each])) for each in b'touch typed']"


def test_nothing_can_be_typed_into_the_callers_terminal(sandbox: World) -> None:
    """With a terminal there is no session of its own, so that only the filter is in the way."""
    ours, theirs = pty.openpty()
    child = subprocess.Popen(
        [str(LAUNCHER), "-q", "--", "python3", "-c", _TYPE],
        stdin=theirs, stdout=theirs, stderr=theirs, env=sandbox.environment(), start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    output = b""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if not select.select([ours], [], [], 1)[0]:
            continue
        try:
            output += os.read(ours, 4096)
        except OSError:  # the last process has closed it
            break
    assert child.wait(60) != 0
    os.close(ours)
    assert b"PermissionError" in output


@pytest.fixture
def listener() -> Iterator[int]:
    """A server on this host's loopback that counts on nobody reaching it."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def abstract_socket() -> Iterator[str]:
    name = f"sygaldry-test-{os.getpid()}-{threading.get_ident()}"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(f"\0{name}")
        server.listen()
        yield name


def _connects(port: int, name: str) -> str:
    return (
        "import socket\n"
        f"def tcp(): socket.create_connection(('127.0.0.1', {port}), 3)\n"
        f"def unix(): socket.socket(socket.AF_UNIX).connect('\\0{name}')\n"
        "for each in (tcp, unix):\n"
        "    try: each(); print('reached')\n"
        "    except OSError: print('refused')\n"
    )


def test_a_bridge_does_not_reach_the_hosts_loopback(sandbox: World, listener: int, abstract_socket: str) -> None:
    if not shutil.which("pasta"):
        pytest.skip("pasta is not installed")
    program = ("--", "python3", "-c", _connects(listener, abstract_socket))
    assert sandbox.run("-q", *program).stdout == "refused\nrefused\n"
    assert sandbox.run("-q", "--network", "none", *program).stdout == "refused\nrefused\n"
    assert sandbox.run("-q", "--network", "host", *program).stdout == "reached\nreached\n"


def test_a_bridge_reaches_the_world(sandbox: World) -> None:
    """As far as this host does: the server is on the host's own outward address."""
    address = _outward_address()
    if not shutil.which("pasta") or not address:
        pytest.skip("no pasta, or no network here")
    routes = inside(sandbox, "cat /proc/net/route").stdout.splitlines()
    assert len(routes) >= 2, "there is a route outwards"


def _outward_address() -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.99", 9))
        except OSError:
            return ""
        return str(probe.getsockname()[0])


def test_the_helper_of_the_network_ends_with_the_sandbox(sandbox: World) -> None:
    if not shutil.which("pasta"):
        pytest.skip("pasta is not installed")
    child = subprocess.Popen(
        [str(LAUNCHER), "-q", "--", "sh", "-c", _SHOW_NETWORK], stdout=subprocess.PIPE, env=sandbox.environment()
    )
    assert child.stdout is not None
    helper = _helper(child.stdout.readline())
    child.kill()
    child.wait()
    child.stdout.close()
    _until(lambda: not _is_alive(helper))


@pytest.mark.parametrize("killed", [0, 1])
def test_the_helper_of_the_network_ends_though_its_keeper_was_killed(sandbox: World, killed: int) -> None:
    if not shutil.which("pasta"):
        pytest.skip("pasta is not installed")
    command = [str(LAUNCHER), "-q", "--", "sh", "-c", _SHOW_NETWORK]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=sandbox.environment()) as child:
        assert child.stdout is not None
        helper = _helper(child.stdout.readline())
        _until(lambda: len(_keepers(sandbox)) == 2)
        os.kill(_keepers(sandbox)[killed], signal.SIGKILL)
        time.sleep(0.2)
        assert _is_alive(helper), "the sandbox keeps its network"
        child.kill()
    _until(lambda: not _is_alive(helper) and not _keepers(sandbox))


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _keepers(sandbox: World) -> list[int]:
    """Find the forks of the launcher that watch a sandbox: each leads a session of its own."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            environment, program = (folder / "environ").read_bytes(), (folder / "exe").readlink().name
            session = int((folder / "stat").read_text().rpartition(") ")[2].split()[3])
        except OSError:
            continue
        if os.fsencode(sandbox.root) in environment and "python" in program and session == int(folder.name):
            found.append(session)
    return sorted(found)


def _helper(network: bytes) -> int:
    """Find the pasta that serves a network namespace: it holds it open. Other tests have theirs."""
    found = []
    for pid, name, _ in _processes():
        if name.startswith(("pasta", "passt")):
            with suppress(OSError):
                links = {str(each.readlink()) for each in Path(f"/proc/{pid}/fd").iterdir()}
                found += [pid] * (network.decode().strip() in links)
    assert len(found) == 1, found
    return found[0]


def _is_alive(pid: int) -> bool:
    return any(each == pid and words[0] != "Z" for each, _, words in _processes())


def _processes() -> Iterator[tuple[int, str, list[str]]]:
    """Yield the pid, the name, and the fields of `stat` after the name of each process."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            head, _, tail = (folder / "stat").read_text().rpartition(") ")
        except OSError:
            continue
        yield int(folder.name), head.partition("(")[2], tail.split()


def test_sharing_the_hosts_network_is_reported(sandbox: World, tmp_path: Path) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    for folder in os.environ["PATH"].split(":"):
        for name in ("sh", "env", "readlink", "python3", "cksum", "bash"):
            found = Path(folder) / name
            if found.exists() and not (programs / name).exists():
                (programs / name).symlink_to(found)
    done = sandbox.run("--", "true", PATH=str(programs))
    assert "the sandbox shares the host's network: pasta is not installed" in done.stderr
    assert done.returncode == 0


def test_memory_and_processes_are_limited_or_it_is_said(sandbox: World) -> None:
    hog = "python3 -c 'len(bytearray(300 << 20))'; echo $?"
    done = sandbox.run("--memory", "64m", "--pids-limit", "30", "--", "bash", "-c", hog)
    if "cannot be enforced" in done.stderr:
        assert "--memory 64m and --pids-limit 30" in done.stderr
        return
    assert done.stdout == "137\n", done.stderr
    bomb = "for each in $(seq 60); do sleep 2 & done 2>/dev/null; jobs | wc -l"
    started = sandbox.run("-q", "--pids-limit", "30", "--", "timeout", "5", "bash", "-c", bomb)
    assert started.returncode != 0 or int(started.stdout) < 30


def test_a_sandbox_that_fails_as_its_network_is_ready_is_a_failure_to_start(sandbox: World, tmp_path: Path) -> None:
    """Bubblewrap reports its process before it mounts; what fails then is neither a code of the command nor a pipe."""
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "link").symlink_to("/nowhere/else")
    (tmp_path / "source").mkdir()
    mounts = f"{tmp_path}/source:/workspace/link"
    done = sandbox.run("-q", "--workspace", str(tmp_path / "work"), "--mounts", mounts, "--", "true")
    assert done.returncode == 125, done.stderr
    assert "sandbox did not start the command" in done.stderr
