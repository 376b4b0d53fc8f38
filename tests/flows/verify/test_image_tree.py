"""Layers are laid over each other as an engine does, and each file keeps the sum of its topmost content."""

from __future__ import annotations

import io
import tarfile
from hashlib import md5, sha256

from sygaldry.flows.verify.image_files import compare
from sygaldry.flows.verify.image_tree import Tree, lay_over
from sygaldry.lockfile.lock import Entry, ProjectLock, sorted_lock


def layer(files: dict[str, bytes], links: dict[str, str] | None = None) -> tarfile.TarFile:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
        for name, target in (links or {}).items():
            member = tarfile.TarInfo(name)
            member.type, member.linkname = tarfile.SYMTYPE, target
            tar.addfile(member)
    return tarfile.open(fileobj=io.BytesIO(stream.getvalue()), mode="r|")


def digest(content: bytes) -> str:
    return md5(content, usedforsecurity=False).hexdigest()


SUMS = (
    f"{digest(b'tool')}  usr/bin/tool\n{digest(b'lib')}  lib/lib.so\n{digest(b'doc')}  usr/share/doc/tool/copyright\n"
)
FILES = {"usr/bin/tool": b"tool", "usr/lib/lib.so": b"lib", "./var/lib/dpkg/info/tool.md5sums": SUMS.encode()}


def locked() -> ProjectLock:
    facts = {"version": "1", "files": sha256(SUMS.encode()).hexdigest()}
    return sorted_lock("1", [Entry("debian", "tool:amd64", facts)])


def laid(*layers: tarfile.TarFile) -> Tree:
    tree = Tree()
    for each in layers:
        list(lay_over(each, tree))
    return tree


def test_a_package_whose_files_are_its_own_is_equal() -> None:
    assert list(compare(laid(layer(FILES)), locked())) == [], "documentation that was left out is fine"


def test_a_file_that_an_upper_layer_replaced_or_removed_is_named() -> None:
    assert list(compare(laid(layer(FILES), layer({"usr/bin/tool": b"evil"})), locked())) == [
        "usr/bin/tool of tool:amd64 has another content"
    ]
    assert list(compare(laid(layer(FILES), layer({"usr/lib/.wh.lib.so": b""})), locked())) == [
        "lib/lib.so of tool:amd64 is missing"
    ]
    opaque = {"usr/bin/.wh..wh..opq": b"", "usr/bin/other": b"x"}
    tree = laid(layer(FILES), layer(opaque))
    assert "usr/bin/tool" not in tree.md5
    assert "usr/bin/other" in tree.md5


def test_a_list_of_sums_that_was_changed_along_with_the_file_is_named() -> None:
    forged = SUMS.replace(digest(b"tool"), digest(b"evil"))
    upper = layer({"usr/bin/tool": b"evil", "var/lib/dpkg/info/tool.md5sums": forged.encode()})
    assert list(compare(laid(layer(FILES), upper), locked())) == [
        "tool:amd64: dpkg's list of its files is not the locked one"
    ]


def test_a_link_in_the_place_of_a_file_is_no_content() -> None:
    found = laid(layer(FILES), layer({}, {"usr/bin/tool": "/bin/sh"}))
    assert list(compare(found, locked())) == ["usr/bin/tool of tool:amd64 is a link"]
