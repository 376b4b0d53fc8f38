"""The kinds of value of settings without choices: a check and the description of valid values.

Character by character, because importing `re` costs every launch 8 ms.
"""

from __future__ import annotations

from sygaldry.model.storage import RESERVED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_DIGITS = frozenset("0123456789")
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_ALPHANUMERIC = _DIGITS | _LETTERS
_LONGEST_NAME = 64
_LONGEST_IMAGE = 255
_MOST_PARTS = 4
_LONGEST_COUNT = 6
_LARGEST_BYTE = 255
_LARGEST_PORT = 65535
_MOST_DECIMALS = 2
_UUID_PREFIX = 8
_HEX = _DIGITS | frozenset("abcdefABCDEF")


def is_name(text: str) -> bool:
    """Check the name of a project, entrypoint or job; it is safe as part of a file name."""
    if not 0 < len(text) <= _LONGEST_NAME or ".." in text or text[0] not in _ALPHANUMERIC:
        return False
    return frozenset(text) <= _ALPHANUMERIC | frozenset("._-")


def is_project(text: str) -> bool:
    """Check the name of a project: no folder that Sygaldry keeps beside the projects."""
    return is_name(text) and text not in RESERVED


def is_line(text: str) -> bool:
    """Check for a path: any text without a NUL byte; a line break is legal in a path."""
    return "\0" not in text


def is_version(text: str) -> bool:
    """One to four numbers between dots."""
    parts = text.split(".")
    return len(parts) <= _MOST_PARTS and all(part and frozenset(part) <= _DIGITS for part in parts)


def is_size(text: str) -> bool:
    """A positive number of bytes, with an optional k, m or g."""
    number = text[:-1] if text[-1:].lower() in ("k", "m", "g") else text
    return bool(number) and frozenset(number) <= _DIGITS and number[0] != "0"


def is_count(text: str) -> bool:
    """A whole number of at least one."""
    return 0 < len(text) <= _LONGEST_COUNT and frozenset(text) <= _DIGITS and text[0] != "0"


def is_image(text: str) -> bool:
    """Check the name of an image as a container engine accepts it."""
    if not 0 < len(text) <= _LONGEST_IMAGE or text[0] not in _ALPHANUMERIC:
        return False
    return frozenset(text) <= _ALPHANUMERIC | frozenset("_.:/@-")


def is_mount(text: str) -> bool:
    """Check SOURCE:TARGET or SOURCE:TARGET:ro; both paths are absolute."""
    source, _, rest = text.partition(":")
    target, _, mode = rest.partition(":")
    return source.startswith("/") and target.startswith("/") and mode in ("", "ro", "rw") and "\0" not in text


def is_folder(text: str) -> bool:
    """Check an absolute path other than the root, without `..`."""
    return text.startswith("/") and text.strip("/") != "" and ".." not in text.split("/") and "\0" not in text


def is_publish(text: str) -> bool:
    """Check [ADDRESS:]HOST_PORT:PORT with an optional /tcp or /udp; an IPv6 address stands in brackets."""
    ports, _, protocol = text.partition("/")
    rest, _, inside = ports.rpartition(":")
    address, _, outside = rest.rpartition(":")
    if protocol not in ("", "tcp", "udp") or text.endswith("/") or not (_is_port(inside) and _is_port(outside)):
        return False
    if address.startswith("["):
        return address.endswith("]") and frozenset(address[1:-1]) <= _DIGITS | frozenset("abcdefABCDEF:.")
    return not rest.startswith(":") and (not address or is_ipv4(address))


def is_ipv4(text: str) -> bool:
    """Four numbers of at most 255 between dots."""
    parts = text.split(".")
    return len(parts) == _MOST_PARTS and all(_is_number(part, _LARGEST_BYTE) for part in parts)


def _is_port(text: str) -> bool:
    return _is_number(text, _LARGEST_PORT) and text != "0"


def _is_number(text: str, largest: int) -> bool:
    return 0 < len(text) <= _LONGEST_COUNT and frozenset(text) <= _DIGITS and int(text) <= largest


def is_cpus(text: str) -> bool:
    """A positive number with at most two decimals."""
    whole, dot, fraction = text.partition(".")
    digits = frozenset(whole + fraction) <= _DIGITS and 0 < len(whole) <= _LONGEST_COUNT
    return digits and len(fraction) <= _MOST_DECIMALS and bool(fraction) == bool(dot) and bool(text.strip("0."))


def is_gpu_list(text: str) -> bool:
    """Check 0,1 or the UUIDs of GPUs and MIG devices."""
    return all(_is_gpu(word) for word in text.split(","))


def _is_gpu(word: str) -> bool:
    if word.startswith(("GPU-", "MIG-")):
        return (
            len(word) <= _LONGEST_NAME and frozenset(word[4:]) <= _HEX | frozenset("-GPU/") and len(word) > _UUID_PREFIX
        )
    return 0 < len(word) <= _MOST_DECIMALS + 1 and frozenset(word) <= _DIGITS


def is_assignment(text: str) -> bool:
    """Check NAME or NAME=VALUE."""
    return is_variable(text.partition("=")[0]) and "\0" not in text


def is_option(text: str) -> bool:
    """Check a single word that starts with a dash."""
    return text.startswith("-") and text != "--" and not frozenset(text) & frozenset("\0\n")


def is_word(text: str) -> bool:
    """Check a word of a scheduler's own syntax, such as gpu:a100:2 or [rack1*2&rack2*4]."""
    return 0 < len(text) <= _LONGEST_IMAGE and frozenset(text) <= _ALPHANUMERIC | frozenset("_.,:;&|*()[]/=@+%-")


def is_variable(text: str) -> bool:
    """Check the name of an environment variable."""
    return bool(text) and text[0] not in _DIGITS and frozenset(text) <= _ALPHANUMERIC | {"_"}


def is_package(text: str) -> bool:
    """Check the name of a Debian package, with an optional =VERSION."""
    name, _, version = text.partition("=")
    lower = frozenset("abcdefghijklmnopqrstuvwxyz") | _DIGITS
    if not 1 < len(name) <= _LONGEST_NAME or name[0] not in lower or not frozenset(name) <= lower | frozenset("+.-:"):
        return False
    return frozenset(version) <= _ALPHANUMERIC | frozenset(".+:~-") and text[-1] != "="


def is_address(text: str) -> bool:
    """Check the address of a mirror; quotes, spaces and shell metacharacters are rejected."""
    return text.startswith(("http://", "https://", "file:///")) and not frozenset(text) & frozenset(" \t\r\n\0'\"\\`$")


def is_channel(text: str) -> bool:
    """Check NAME or NAME:TEXT; the channel itself checks its text when a job starts."""
    name = text.partition(":")[0]
    return 0 < len(name) <= _LONGEST_NAME and frozenset(name) <= _LETTERS | {"-"} and "\0" not in text


KINDS: dict[str, tuple[Callable[[str], bool], str]] = {
    "name": (is_name, "1 to 64 letters, digits, single dots, dashes or underscores, starting with a letter or digit"),
    "project": (
        is_project,
        "1 to 64 letters, digits, single dots, dashes or underscores, starting with a letter or digit, and none of "
        + ", ".join(sorted(RESERVED)),
    ),
    "path": (is_line, "a path"),
    "version": (is_version, "a version such as 1.2.3"),
    "size": (is_size, "a size such as 512m or 8g"),
    "count": (is_count, "a whole number of at least 1"),
    "image": (is_image, "the name of an image, such as ubuntu:24.04"),
    "mount": (is_mount, "/SOURCE:/TARGET or /SOURCE:/TARGET:ro, both absolute"),
    "folder": (is_folder, "an absolute path below /"),
    "publish": (is_publish, "[ADDRESS:]HOST_PORT:PORT, such as 8888:8888 or 0.0.0.0:8080:80"),
    "cpus": (is_cpus, "a number of CPUs such as 4 or 1.5"),
    "gpu": (is_gpu_list, "auto, true, false, require, or GPUs: 0,1, GPU-UUID or MIG-UUID"),
    "assignment": (is_assignment, "NAME=VALUE, or NAME for the caller's value"),
    "option": (is_option, "one option of the runtime's own command, such as --ulimit=nofile=4096"),
    "word": (is_word, "one word without spaces or quotes, such as gpu:2"),
    "variable": (is_variable, "the name of a variable"),
    "package": (
        is_package,
        "a Debian package, such as libhdf5-dev or jq=1.6-2.1; Spack specs belong in pkg/NAME/spack_src.yaml",
    ),
    "channel": (is_channel, "a channel such as command:COMMAND, webhook:URL, desktop or mail:ADDRESS"),
    "address": (is_address, "an http, https or file address"),
}
