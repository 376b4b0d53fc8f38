"""The seccomp filter of the sandbox, as a program for the kernel's packet filter machine.

It denies what Docker and Flatpak deny: typing into the caller's terminal, new namespaces and mounts, kernel modules,
keys, and tracing of the whole machine. `tools/check -s reference` writes the filters beside this file, where
`bwrap --seccomp` reads them; making them at each launch would cost 20 ms of imports.

https://docs.kernel.org/userspace-api/seccomp_filter.html, https://docs.docker.com/engine/security/seccomp/
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ARCHITECTURES: Final = ("x86_64", "aarch64")

# Numbers on x86_64 and aarch64; 0 where an architecture does not have the call (0 itself is harmless on both).
# https://github.com/torvalds/linux/blob/master/arch/x86/entry/syscalls/syscall_64.tbl
_DENIED: Final = {
    "acct": (163, 89), "add_key": (248, 217), "bpf": (321, 280), "create_module": (174, 0), "delete_module": (176, 106),
    "fanotify_init": (300, 262), "finit_module": (313, 273), "fsconfig": (431, 431), "fsmount": (432, 432),
    "fsopen": (430, 430), "fspick": (433, 433), "get_kernel_syms": (177, 0), "init_module": (175, 105),
    "io_uring_enter": (426, 426), "io_uring_register": (427, 427), "io_uring_setup": (425, 425), "ioperm": (173, 0),
    "iopl": (172, 0), "kexec_file_load": (320, 294), "kexec_load": (246, 104), "keyctl": (250, 219),
    "lookup_dcookie": (212, 18), "mount": (165, 40), "mount_setattr": (442, 442), "move_mount": (429, 429),
    "name_to_handle_at": (303, 264), "nfsservctl": (180, 42), "open_by_handle_at": (304, 265), "open_tree": (428, 428),
    "perf_event_open": (298, 241), "pivot_root": (155, 41), "query_module": (178, 0), "quotactl": (179, 60),
    "quotactl_fd": (443, 443), "reboot": (169, 142), "request_key": (249, 218), "setns": (308, 268),
    "swapoff": (168, 225), "swapon": (167, 224), "syslog": (103, 116), "umount2": (166, 39), "unshare": (272, 97),
    "uselib": (134, 0), "userfaultfd": (323, 282), "vhangup": (153, 58),
}  # fmt: skip
_CLONE: Final = (56, 220)
_CLONE3: Final = (435, 435)
_IOCTL: Final = (16, 29)
_AUDIT_ARCHITECTURE: Final = (0xC000003E, 0xC00000B7)  # linux/audit.h
_X32_BIT: Final = 0x40000000  # calls of the x32 ABI, which shares the architecture's number with x86_64

_NEW_NAMESPACES: Final = 0x7E020000  # CLONE_NEW* of linux/sched.h
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C  # put characters into the terminal's input; linux/ioctls.h
_EPERM, _ENOSYS = 1, 38

# linux/bpf_common.h and linux/seccomp.h
_LOAD, _JUMP_EQUAL, _JUMP_NOT_LESS, _JUMP_ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT, _SECOND_ARGUMENT = 0, 4, 16, 24  # offsets in struct seccomp_data
_ALLOW, _ERROR = 0x7FFF0000, 0x00050000


@dataclass(frozen=True)
class _Step:
    """One instruction; `goto` is the label it jumps to when its condition holds, `label` its own."""

    code: int
    value: int
    goto: str = ""
    label: str = ""


def filter_program(architecture: str) -> bytes:
    """Assemble the filter for an architecture."""
    steps = _steps(ARCHITECTURES.index(architecture))
    places = {step.label: index for index, step in enumerate(steps) if step.label}
    return b"".join(_encoded(step, index, places) for index, step in enumerate(steps))


def _steps(column: int) -> tuple[_Step, ...]:
    denied = sorted(numbers[column] for numbers in _DENIED.values() if numbers[column])
    return (
        _Step(_LOAD, _ARCHITECTURE),
        _Step(_JUMP_EQUAL, _AUDIT_ARCHITECTURE[column], "native"),
        _Step(_RETURN, _ERROR | _ENOSYS),
        _Step(_LOAD, _NUMBER, label="native"),
        _Step(_JUMP_NOT_LESS, _X32_BIT, "absent"),
        *(_Step(_JUMP_EQUAL, number, "denied") for number in denied),
        # The flags of clone3 are in memory, which a filter cannot read; libraries then fall back to clone.
        _Step(_JUMP_EQUAL, _CLONE3[column], "absent"),
        _Step(_JUMP_EQUAL, _CLONE[column], "clone"),
        _Step(_JUMP_EQUAL, _IOCTL[column], "ioctl"),
        _Step(_RETURN, _ALLOW),
        _Step(_LOAD, _FIRST_ARGUMENT, label="clone"),
        _Step(_JUMP_ANY_BIT, _NEW_NAMESPACES, "denied"),
        _Step(_RETURN, _ALLOW),
        _Step(_LOAD, _SECOND_ARGUMENT, label="ioctl"),
        _Step(_JUMP_EQUAL, _TIOCSTI, "denied"),
        _Step(_JUMP_EQUAL, _TIOCLINUX, "denied"),
        _Step(_RETURN, _ALLOW),
        _Step(_RETURN, _ERROR | _EPERM, label="denied"),
        _Step(_RETURN, _ERROR | _ENOSYS, label="absent"),
    )


def _encoded(step: _Step, index: int, places: dict[str, int]) -> bytes:
    """Encode a struct sock_filter: a jump counts from the next instruction."""
    distance = places[step.goto] - index - 1 if step.goto else 0
    return struct.pack("<HBBI", step.code, distance, 0, step.value)


def write_filters() -> None:
    """Write the filter of every architecture beside this file."""
    for architecture in ARCHITECTURES:
        Path(__file__).with_name(f"_seccomp_{architecture}.bpf").write_bytes(filter_program(architecture))
