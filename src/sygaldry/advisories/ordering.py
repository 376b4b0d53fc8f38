"""Compare versions as their ecosystems do: Debian's, Python's, and plain numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cmp_to_key
from typing import Any, Final

_DIGITS: Final = re.compile(r"\d+")
_LONGEST: Final = 200
# https://packaging.python.org/en/latest/specifications/version-specifiers/#appendix-parsing-version-strings-with-regular-expressions
_PYTHON: Final = re.compile(
    r"v?(?:(?P<epoch>\d+)!)?(?P<release>\d+(?:\.\d+)*)"
    r"(?:[-_.]?(?P<pre>a|alpha|b|beta|c|rc|pre|preview)[-_.]?(?P<pre_n>\d*))?"
    r"(?:-(?P<post_only>\d+)|[-_.]?(?P<post>post|rev|r)[-_.]?(?P<post_n>\d*))?"
    r"(?:[-_.]?(?P<dev>dev)[-_.]?(?P<dev_n>\d*))?(?:\+[a-z0-9._-]+)?",
    re.IGNORECASE,
)
_PHASES: Final = {"a": 0, "alpha": 0, "b": 1, "beta": 1, "c": 2, "rc": 2, "pre": 2, "preview": 2}


def key_for(ecosystem: str) -> Callable[[str], Any]:
    """Return the key by which versions of an ecosystem of OSV are sorted. It raises ValueError for what is none."""
    return _KEYS.get(ecosystem.partition(":")[0], plain)


def debian(version: str) -> Any:  # noqa: ANN401 - a key that only compares
    """Key of a Debian version: https://www.debian.org/doc/debian-policy/ch-controlfields.html#version."""
    text = _bounded(version)
    epoch, colon, rest = text.partition(":")
    if not colon:
        epoch, rest = "0", text
    if not epoch.isdecimal():
        raise ValueError(f"{version!r} is not a version")
    upstream, _, revision = rest.rpartition("-") if "-" in rest else (rest, "", "")
    return int(epoch), _AS_DPKG(upstream), _AS_DPKG(revision)


def python(version: str) -> Any:  # noqa: ANN401 - a key that only compares
    """Key of a Python version; a local part is ignored, as advisories do."""
    found = _PYTHON.fullmatch(_bounded(version).strip())
    if found is None:
        raise ValueError(f"{version!r} is not a version")
    release = tuple(int(each) for each in found["release"].split("."))
    while len(release) > 1 and not release[-1]:
        release = release[:-1]
    pre = (_PHASES[found["pre"].lower()], int(found["pre_n"] or 0)) if found["pre"] else (9, 0)
    has_post = bool(found["post"] or found["post_only"])
    post = int(found["post_n"] or found["post_only"] or 0) if has_post else -1
    if found["dev"] and not found["pre"] and not has_post:
        pre = (-1, 0)  # 1.0.dev1 comes before 1.0a1
    dev = int(found["dev_n"] or 0) if found["dev"] else 10**9
    return int(found["epoch"] or 0), release, pre, post, dev


def plain(version: str) -> Any:  # noqa: ANN401 - a key that only compares
    """Key of a version of numbers with an optional candidate, as in https://semver.org/."""
    core, _, candidate = _bounded(version).removeprefix("v").partition("+")[0].partition("-")
    if not re.fullmatch(r"\d+(\.\d+)*", core):
        raise ValueError(f"{version!r} is not a version")
    parts = tuple((not each.isdecimal(), int(each) if each.isdecimal() else 0, each) for each in candidate.split("."))
    return tuple(int(each) for each in core.split(".")), not candidate, parts


def _bounded(version: str) -> str:
    if len(version) > _LONGEST:
        raise ValueError("a version is too long")
    return version


def _compare(one: str, other: str) -> int:
    """Compare as dpkg does: text before numbers, in turn; a tilde sorts before the end."""
    while one or other:
        head, one = _split(one, digits=False)
        head_, other = _split(other, digits=False)
        key, key_ = [_weight(each) for each in head] + [0], [_weight(each) for each in head_] + [0]
        if key != key_:
            return -1 if key < key_ else 1
        number, one = _split(one, digits=True)
        number_, other = _split(other, digits=True)
        if int(number or 0) != int(number_ or 0):
            return -1 if int(number or 0) < int(number_ or 0) else 1
    return 0


def _split(text: str, *, digits: bool) -> tuple[str, str]:
    if digits:
        found = _DIGITS.match(text)
        end = found.end() if found else 0
    else:
        found = _DIGITS.search(text)
        end = found.start() if found else len(text)
    return text[:end], text[end:]


def _weight(letter: str) -> int:
    """Weight of a character; the end of a text weighs 0."""
    if letter == "~":
        return -1
    return ord(letter) if letter.isascii() and letter.isalpha() else ord(letter) + 256


_AS_DPKG: Final = cmp_to_key(_compare)
_KEYS: Final[Mapping[str, Callable[[str], Any]]] = {"Debian": debian, "Ubuntu": debian, "PyPI": python}
