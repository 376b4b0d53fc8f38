"""Errors of small programs, which look, move and delete, and of what a build only looks for.

What they did not find was often not expected to be there.
"""

from collections.abc import Container
from typing import Final

from sygaldry.diagnosis import Kind
from sygaldry.explain.match_rules import Match
from sygaldry.model.lazy_pattern import lazy_pattern

_MINOR: Final = lazy_pattern(
    r"^(?:\S{1,200}: line \d{1,6}: |\S{1,200}: \d{1,6}: )?(?:"
    r"(?:/\S{1,80}/)?(?:rm|rmdir|mkdir|ls|cat|cp|mv|ln|chmod|chown|touch|find|grep|which|tput|stty|kill|pkill|killall"
    r"|umount|mount|du|df|stat|readlink|realpath|basename|head|tail|tee|test|nvidia-smi|lsb_release|hostname|sudo"
    r"|systemctl|ldconfig|groupadd|useradd|getent|ulimit|sysctl|modprobe|strip|xauth|xset|xhost): "
    r"|(?:module|ml|conda|mamba|nvidia-smi|rocm-smi|tput|sudo|lsb_release|clear|hostname|git): (?:command )?not found"
    r"|fatal: (?:not a git repository|No names found|no tag exactly matches|unsafe repository|detected dubious ownership"
    r"|ref HEAD is not a symbolic ref|no upstream configured|HEAD does not point to a branch)"
    r"|(?:\[{1,2}|\(\(|local|export|declare|typeset|ulimit|shopt|unset|let|wait|disown|bind|pushd|popd|trap|umask): "
    r"|Lmod has detected the following error|The following module\(s\) are unknown|Unable to locate a modulefile"
    r"|Error(?: response from daemon)?: (?:No such (?:container|image|network|volume|object)|network \S{1,100} not found$)"
    r"|Package \S{1,80} was not found in the pkg-config search path|No package '[^']{1,80}' found"
    r"|(?:\[[\w.:-]{1,80}\] )?(?:mca_base_component_|MESA-LOADER|libE?GL error|libEGL warning)"
    r"|Failed to initialize NVML|NVIDIA-SMI has failed"
    r"|CommandNotFoundError: Your shell has not been properly configured"
    r")"
)
# A make file's $(shell) and a probe look for programs by name. A command of a rule ends make instead, which reports 127.
_LOOKED_UP: Final = lazy_pattern(
    r"^(?:g?make(?:\[\d{1,3}\])?|(?:/bin/)?(?:ba|da)?sh: (?:line )?\d{1,6}): \S{1,80}: "
    r"(?:[Cc]ommand not found|not found|No such file or directory)$"
)
# What autoconf, CMake, meson and distutils compile to find out what there is.
_PROBE: Final = lazy_pattern(r"(?:^|/)(?:(?:conftest|testfile|_configtest)\.\w{1,4}|CheckSymbolExists\.cx{0,2})[:(]")
_GPU: Final = "gpu"  # the program that lists GPUs often runs where there is none
_REPORT: Final = 8  # lines in which make reports that a program was not found


def is_looked_up(text: str) -> bool:
    """Return whether a shell or make did not find a file or a program that it looked for by name."""
    return bool(_LOOKED_UP.match(text.lstrip()))


def is_small(each: Match, reported: Container[int] = ()) -> bool:
    """Return whether an error ends no job by itself; at the lines `reported`, a tool says that a program was not found."""
    text, number = each.hit.line.text.lstrip(), each.hit.line.number
    if each.hit.rule.kind is Kind.RESOURCES and each.name != _GPU:
        return False
    if _LOOKED_UP.match(text):
        return not any(line in reported for line in range(number, number + _REPORT))
    return bool(_MINOR.match(text) or _PROBE.search(text[:200]))
