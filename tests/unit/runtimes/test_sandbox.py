"""The sandbox: the exact words for bubblewrap, and the explanation of its failures."""

import pytest

from sygaldry.model.command import Command, Completed
from sygaldry.model.machine import Entry, Machine
from sygaldry.model.workspace import Identity, Mount, Workspace
from sygaldry.runtimes.sandbox import RUNTIME, explain_failure

ROOT = (Entry("bin", "usr/bin"), Entry("etc"), Entry("home"), Entry("opt"), Entry("proc"), Entry("root"), Entry("usr"))
OPT = (Entry("spack_store"), Entry("tool"))


def machine(**facts: str) -> Machine:
    return Machine(1000, 1000, programs={"bwrap": "/v/bwrap"}, root=ROOT, opt=OPT, kernel=facts)


def workspace(**changes: object) -> Workspace:
    values: dict[str, object] = {
        "name": "sygaldry-demo-1",
        "project": "demo",
        "image": "unused",
        "argv": ("/bin/bash", "/w/default.sh"),
        "identity": Identity(1000, 1000),
        "mounts": (Mount("/s/store", "/opt/spack_store", writable=True), Mount("/s/p", "/etc/passwd")),
        "environment": {"HOME": "/home/kvothe"},
        "passed": ("HF_TOKEN",),
        "shm_size": "64m",
        "hidden": ("/mnt/all",),
    }
    return Workspace(**{**values, **changes})  # type: ignore[arg-type]


def test_an_ordinary_users_command() -> None:
    command = RUNTIME.launch(workspace(), machine())
    assert command == Command(
        (
            "/v/bwrap", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-user",
            "--die-with-parent", "--json-status-fd", "9", "--hostname", "sygaldry",
            "--cap-drop", "ALL", "--new-session",
            "--symlink", "usr/bin", "/bin", "--ro-bind-try", "/etc", "/etc", "--ro-bind-try", "/usr", "/usr",
            "--dir", "/opt", "--ro-bind-try", "/opt/tool", "/opt/tool",
            "--proc", "/proc", "--dev", "/dev", "--size", "67108864", "--tmpfs", "/dev/shm",
            "--tmpfs", "/tmp", "--tmpfs", "/run", "--tmpfs", "/mnt/all",
            "--bind", "/s/store", "/opt/spack_store", "--ro-bind", "/s/p", "/etc/passwd",
            "--remount-ro", "/", "--chdir", "/workspace", "--", "/bin/bash", "/w/default.sh",
        ),
        {"HOME": "/home/kvothe"},
        ("HF_TOKEN",),
        descriptors=(9,),
    )  # fmt: skip


def test_root_keeps_what_writing_for_others_takes_and_needs_no_user_namespace() -> None:
    root = Machine(0, 0, programs={"bwrap": "/v/bwrap"}, kernel={"sys_admin": "1"})
    words = RUNTIME.launch(workspace(identity=Identity(0, 0)), root).argv
    kept = [words[index + 1] for index, word in enumerate(words) if word == "--cap-add"]
    assert kept == ["CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER"]
    assert "--unshare-user" not in words


def test_the_root_of_a_container_needs_a_user_namespace() -> None:
    root = Machine(0, 0, programs={"bwrap": "/v/bwrap"}, kernel={"sys_admin": "0"})
    assert "--unshare-user" in RUNTIME.launch(workspace(identity=Identity(0, 0)), root).argv


def test_a_terminal_keeps_its_job_control() -> None:
    assert "--new-session" not in RUNTIME.launch(workspace(terminal=True), machine()).argv


def test_an_unpacked_root_is_shown_instead_and_hides_nothing_of_the_host() -> None:
    words = RUNTIME.launch(workspace(rootfs="/r"), machine()).argv
    assert ("--ro-bind-try", "/r/usr", "/usr") in zip(words, words[1:], words[2:], strict=False)
    assert "/mnt/all" not in words


@pytest.mark.parametrize(
    ("said", "facts", "reason", "remedy"),
    [
        (
            "bwrap: Creating new namespace failed: nesting depth or /proc/sys/user/max_*_namespaces exceeded (ENOSPC)",
            {},
            "user.max_user_namespaces",
            "sysctl -w user.max_user_namespaces",
        ),
        ("bwrap: No permissions", {"unprivileged_userns_clone": "0"}, "userns_clone is 0", "userns_clone=1"),
        (
            "bwrap: setting up uid map: Permission denied",
            {"apparmor_restrict_unprivileged_userns": "1"},
            "AppArmor",
            "apparmor_restrict_unprivileged_userns=0",
        ),
        ("bwrap: Creating new namespace failed: Operation not permitted", {"seccomp": "2"}, "seccomp", "unconfined"),
        ("bwrap: something new\n", {}, "something new", "sygaldry doctor"),
        ("", {}, "bubblewrap failed", "sygaldry doctor"),
    ],
)
def test_a_failure_names_the_setting_and_the_command(
    said: str, facts: dict[str, str], reason: str, remedy: str
) -> None:
    availability = explain_failure(said, machine(**facts))
    assert not availability.works
    assert reason in availability.reason
    assert remedy in availability.remedy


def test_a_working_bubblewrap_tells_its_version() -> None:
    answers = (Completed(Command(("bwrap",)), 0), Completed(Command(("bwrap",)), 0, "bubblewrap 0.11.0\n"))
    assert RUNTIME.judge(machine(), answers).version == "0.11.0"
