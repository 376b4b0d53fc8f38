"""The sandbox: the exact words for bubblewrap, and the explanation of its failures."""

from itertools import pairwise
from pathlib import Path

import pytest

from sygaldry.model.command import Command, Completed
from sygaldry.model.machine import Entry, Machine
from sygaldry.model.value import replace
from sygaldry.model.workspace import Identity, Mount, Workspace
from sygaldry.runtimes import _seccomp, sandbox
from sygaldry.runtimes.sandbox import RUNTIME, explain_failure

ROOT = (Entry("bin", "usr/bin"), Entry("etc"), Entry("home"), Entry("mnt"), Entry("opt"), Entry("usr"), Entry("var"))
ETC = (Entry("hosts"), Entry("shadow"), Entry("ssl"))
MASKED = ("/proc/keys", "/sys/firmware", "/etc/ssl/private")
OPT = (Entry("spack_store"), Entry("tool"))


def machine(**facts: str) -> Machine:
    return Machine(
        1000, 1000, programs={"bwrap": "/v/bwrap"}, root=ROOT, opt=OPT, etc=ETC, masked=MASKED, kernel=facts,
        architecture="x86_64",
    )  # fmt: skip


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
            "--cap-drop", "ALL", "--seccomp", "8", "--new-session",
            "--symlink", "usr/bin", "/bin", "--ro-bind-try", "/usr", "/usr",
            "--dir", "/etc", "--symlink", "/proc/self/mounts", "/etc/mtab",
            "--ro-bind-try", "/etc/hosts", "/etc/hosts", "--ro-bind-try", "/etc/ssl", "/etc/ssl",
            "--ro-bind-try", "/etc/resolv.conf", "/etc/resolv.conf",
            "--tmpfs", "/var/tmp", "--symlink", "../run", "/var/run",
            "--dir", "/opt", "--ro-bind-try", "/opt/tool", "/opt/tool",
            "--proc", "/proc", "--ro-bind-try", "/proc/sys", "/proc/sys",
            "--ro-bind-try", "/proc/sysrq-trigger", "/proc/sysrq-trigger", "--ro-bind-try", "/proc/fs", "/proc/fs",
            "--ro-bind-try", "/sys", "/sys", "--ro-bind", "/dev/null", "/proc/keys",
            "--tmpfs", "/sys/firmware", "--tmpfs", "/etc/ssl/private",
            "--dev", "/dev", "--size", "67108864", "--tmpfs", "/dev/shm",
            "--tmpfs", "/tmp", "--tmpfs", "/run",
            "--bind", "/s/store", "/opt/spack_store", "--ro-bind", "/s/p", "/etc/passwd",
            "--remount-ro", "/", "--chdir", "/workspace", "--", "/bin/bash", "/w/default.sh",
        ),
        {"HOME": "/home/kvothe"},
        ("HF_TOKEN",),
        descriptors=(9,),
        inputs={8: f"{Path(sandbox.__file__).parent}/_seccomp_x86_64.bpf"},
    )  # fmt: skip


def test_storage_in_a_folder_that_is_shown_is_covered() -> None:
    words = RUNTIME.launch(workspace(hidden=("/opt/all", "/mnt/all")), machine()).argv
    assert ("--tmpfs", "/opt/all") in pairwise(words)
    assert "/mnt/all" not in words, "it is not there anyway"


@pytest.mark.parametrize("architecture", _seccomp.ARCHITECTURES)
def test_the_filter_beside_the_code_is_the_code_s(architecture: str) -> None:
    written = Path(_seccomp.__file__).with_name(f"_seccomp_{architecture}.bpf").read_bytes()
    assert written == _seccomp.filter_program(architecture), "write it anew: tools/check -s reference"


def test_an_architecture_without_a_filter_still_launches() -> None:
    command = RUNTIME.launch(workspace(), replace(machine(), architecture="riscv64"))
    assert "--seccomp" not in command.argv
    assert command.inputs == {}


def test_a_bridge_is_a_network_of_its_own_through_pasta() -> None:
    with_pasta = replace(machine(), programs={"bwrap": "/v/bwrap", "pasta": "/usr/bin/pasta"})
    command = RUNTIME.launch(workspace(), with_pasta)
    assert command.attach == (
        "/usr/bin/pasta", "--config-net", "--quiet", "--no-map-gw", "--tcp-ports", "none", "--udp-ports", "none",
        "--tcp-ns", "none", "--udp-ns", "none", "--pid", "{pid}", "--netns", "{network}", "--userns", "{users}",
    )  # fmt: skip
    assert ("--block-fd", "7") in pairwise(command.argv)
    assert "--unshare-net" in command.argv
    for network in ("host", "none"):
        assert RUNTIME.launch(workspace(network=network), with_pasta).attach == ()
    offline = RUNTIME.launch(workspace(), replace(with_pasta, offline=True))
    assert (offline.attach, "--unshare-net" in offline.argv) == ((), True)
    closed = RUNTIME.launch(workspace(), replace(with_pasta, kernel={**with_pasta.kernel, "tun": "closed"}))
    assert closed.attach == ()
    local = RUNTIME.launch(workspace(), replace(with_pasta, local_resolver=True))
    assert (local.attach, "--unshare-net" in local.argv) == ((), False)


_SCOPE = "--scope --quiet --collect -p MemoryMax=1G -p MemorySwapMax=0 -p TasksMax=99 --"


@pytest.mark.parametrize(
    ("limiter", "words"),
    [
        ("systemd", f"systemd-run {_SCOPE}"),
        ("systemd-user", f"systemd-run --user {_SCOPE}"),
        ("cgroup1", "/bin/sh SCRIPT cgroup1 1g 99"),
        ("", ""),
    ],
)
def test_limits_are_set_by_what_this_machine_has(limiter: str, words: str) -> None:
    bounded = workspace(memory="1g", pids_limit="99")
    argv = RUNTIME.launch(bounded, replace(machine(), limiter=limiter)).argv
    before = argv[: argv.index("/v/bwrap")]
    assert " ".join("SCRIPT" if word.endswith("limit-resources.sh") else word for word in before) == words


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
