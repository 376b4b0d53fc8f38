"""Each publisher's list is read; what is no stable release for both architectures is left out."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest

from sygaldry import discovery, releases
from sygaldry.flows.update.base import newer_tag
from sygaldry.releases import Publisher, Release, newest

DIGEST = "a" * 64


def github(*tags: str, names: tuple[str, ...], **more: object) -> bytes:
    listed = [
        {
            "tag_name": tag,
            "assets": [
                {"name": name.format(tag), "browser_download_url": f"https://x/{name}", "digest": f"sha256:{DIGEST}"}
                for name in names
            ],
            **more,
        }
        for tag in tags
    ]
    return json.dumps(listed).encode()


def read(name: str, body: bytes) -> list[Release]:
    publisher: Publisher = discovery.get(releases, name, "PUBLISHER")
    return list(publisher.read(body))


def test_bazel_is_read_and_the_next_major_version_is_no_update() -> None:
    names = ("bazel-{}-linux-x86_64", "bazel-{}-linux-arm64")
    found = read("bazel", github("6.4.0", "6.5.0", "8.1.0", "9.0.0rc1", names=names))
    assert [each.version for each in found] == ["6.4.0", "6.5.0", "8.1.0"]
    chosen = newest(found, "6.4.0", 1)
    assert chosen is not None
    assert chosen.version == "6.5.0"
    assert chosen.downloads["aarch64"].sha256 == DIGEST
    assert newest(found, "8.1.0", 1) is None
    assert read("bazel", github("6.6.0", names=names[:1])) == []
    assert read("bazel", github("6.6.0", names=names, prerelease=True)) == []


def test_go_rust_python_and_spack_are_read() -> None:
    files = [
        {"filename": f"go1.26.1.linux-{arch}.tar.gz", "os": "linux", "arch": arch, "kind": "archive", "sha256": DIGEST}
        for arch in ("amd64", "arm64")
    ]
    (go,) = read("go", json.dumps([{"version": "go1.26.1", "stable": True, "files": files}]).encode())
    assert go.version == "1.26.1"
    assert go.downloads["x86_64"].url == "https://go.dev/dl/go1.26.1.linux-amd64.tar.gz"
    target = "".join(
        f'[pkg.rust.target.{arch}-unknown-linux-gnu]\nurl = "https://x"\nhash = "{DIGEST}"\n'
        for arch in ("x86_64", "aarch64")
    )
    (rust,) = read("rust", f'[pkg.rust]\nversion = "1.91.0 (abc 2026-10-30)"\n{target}'.encode())
    assert (rust.version, rust.downloads["aarch64"].sha256) == ("1.91.0", DIGEST)
    names = tuple(
        f"cpython-3.13.16+20261101-{arch}-unknown-linux-gnu-install_only_stripped.tar.gz"
        for arch in ("x86_64", "aarch64")
    )
    (python,) = read("python", github("20261101", names=names))
    assert (python.version, python.downloads["x86_64"].file) == ("3.13.16", names[0])
    assert [each.version for each in read("spack", github("v1.2.0", "v1.3.0-rc1", names=("spack-1.2.0.tar.gz",)))] == [
        "1.2.0"
    ]
    tags = [{"name": "v2026.2.0", "commit": {"sha": "b" * 40}}, {"name": "nightly", "commit": {"sha": "c" * 40}}]
    (recipes,) = read("spack-packages", json.dumps(tags).encode())
    assert recipes.downloads["any"].sha256 == "", "GitHub states none"
    assert recipes.downloads["any"].file == f"spack-packages-{'b' * 40}.tar.gz"


@pytest.mark.parametrize("name", discovery.names(releases))
@pytest.mark.parametrize("body", [b"", b"{}", b"[1]", b"null", b"[" * 100_000, b'[{"version": 3, "stable": 1}]'])
def test_an_answer_that_is_no_list_is_an_error_and_not_a_crash(name: str, body: bytes) -> None:
    publisher: Publisher = discovery.get(releases, name, "PUBLISHER")
    assert publisher.part in ("toolchains", "spack", "recipes")
    with suppress(ValueError, TypeError, KeyError, AttributeError):
        assert list(publisher.read(body)) == []


def test_a_newer_tag_has_the_same_form_and_the_same_major_version() -> None:
    known = ["12.9.1-cudnn-devel-ubuntu24.04", "12.10.0-cudnn-devel-ubuntu24.04", "12.9.2-cudnn-devel-ubuntu26.04",
             "13.1.0-cudnn-devel-ubuntu24.04", "12.9.2-devel-ubuntu24.04", "latest"]  # fmt: skip
    assert newer_tag("12.9.1-cudnn-devel-ubuntu24.04", known) == "12.10.0-cudnn-devel-ubuntu24.04"
    assert newer_tag("12.10.0-cudnn-devel-ubuntu24.04", known) == ""
    assert newer_tag("bookworm", ["trixie"]) == ""
