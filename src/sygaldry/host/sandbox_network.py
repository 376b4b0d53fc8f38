"""Give a sandbox its network: run the helper that serves its namespace, and end it when the sandbox is gone.

Fork and exec directly, like foreground.py: importing subprocess would cost every launch 24 ms.
"""

from __future__ import annotations

import _signal as signal  # the module signal only wraps it in enums, for 7 ms
import fcntl
import os
import select

from sygaldry.model.errors import MachineNotReadyError

_LONGEST_REASON = 4096
_IGNORED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_READY = b"\0ready\0"
_NS_GET_USERNS = 0xB701  # https://man7.org/linux/man-pages/man2/ioctl_ns.2.html
_LOOPBACK = b"127.0.0.1"
_MOST_LOOKS, _LOOK_S = 2000, 0.001


def attach_network(words: tuple[str, ...], pid: int) -> None:
    """Run the helper for the namespaces of a process. Raises MachineNotReadyError with the helper's own words.

    A forked keeper ends the helper when the process is gone, also if we are killed before; a second one does so where
    the first is killed. The helper cannot do it by PR_SET_PDEATHSIG, which the kernel clears as it drops privileges.
    """
    reader, writer = os.pipe()
    if not os.fork():
        try:
            os.close(reader)
            _keep(words, pid, writer)
        finally:
            os._exit(0)
    os.close(writer)
    answer = b""
    while _READY not in answer and len(answer) < _LONGEST_REASON and (chunk := os.read(reader, _LONGEST_REASON)):
        answer += chunk
    os.close(reader)
    if _READY not in answer:
        lines = [line for line in answer.decode("utf-8", "replace").splitlines() if "to syslog" not in line]
        reason = "".join(lines[-1:]) or "no reason given"
        raise MachineNotReadyError(
            f"{os.path.basename(words[0])} cannot give the sandbox a network: {reason}",
            hint="share the host's network: --network host; or do without: --network none",
        )


def _keep(words: tuple[str, ...], pid: int, writer: int) -> None:
    os.setsid()
    for number in _IGNORED:
        signal.signal(number, signal.SIG_IGN)
    sandbox = os.pidfd_open(pid)
    # By descriptors: a helper that has dropped its privileges may not open another process's namespaces. The process
    # enters a second user namespace at some moment, but only the one that owns its network may configure that.
    network = os.open(f"/proc/{pid}/ns/net", os.O_RDONLY)
    users = fcntl.ioctl(network, _NS_GET_USERNS)
    _wait_for_loopback(pid)
    pid_file = os.memfd_create("helper-pid")
    paths = {"{network}": network, "{users}": users, "{pid}": pid_file}
    argv = [f"/proc/self/fd/{paths[word]}" if word in paths else word for word in words]
    helper = os.fork()
    if not helper:
        _exec_helper(argv, (network, users, pid_file), writer)
    _, status = os.waitpid(helper, 0)
    if status:
        return
    number = int(os.pread(pid_file, 32, 0).split()[0])
    daemon = os.pidfd_open(number)
    try:
        if os.fork():
            os.write(writer, _READY)  # fails if the launcher was killed meanwhile
        else:
            os.setsid()
        os.closerange(0, 3)
        os.close(writer)
        select.select([sandbox, daemon], [], [])
    finally:
        _end(daemon)


def _wait_for_loopback(pid: int) -> None:
    """Wait until bubblewrap has configured the loopback interface.

    It expects the kernel's answers under its own process id. A helper that opens a netlink socket there meanwhile may
    have taken that number, and bubblewrap ends with "Failed RTM_NEWADDR".
    """
    for _ in range(_MOST_LOOKS):
        try:
            with open(f"/proc/{pid}/net/fib_trie", "rb") as file:
                if _LOOPBACK in file.read():
                    return
        except OSError:  # the process is gone, which the caller sees
            return
        select.select([], [], [], _LOOK_S)


def _end(daemon: int) -> None:
    try:
        signal.pidfd_send_signal(daemon, signal.SIGTERM)
    except ProcessLookupError:  # the other keeper was faster
        return


def _exec_helper(argv: list[str], kept: tuple[int, ...], writer: int) -> None:
    try:
        for descriptor in kept:
            os.set_inheritable(descriptor, True)
        # pasta takes a SIGPIPE that is ignored already, as Python ignores it, for a failure.
        for number in (signal.SIGPIPE, *_IGNORED):
            signal.signal(number, signal.SIG_DFL)
        os.dup2(os.open(os.devnull, os.O_RDWR), 0)
        for output in (1, 2):
            os.dup2(writer, output)
        os.execve(argv[0], argv, {"PATH": "/usr/bin:/bin"})  # noqa: S606 - a list, no shell
    except OSError as error:
        os.write(writer, f"{error.strerror}\n".encode())
    finally:
        os._exit(1)
