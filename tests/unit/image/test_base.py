"""Where a base's packages come from, as apt's lists tell it."""

import pytest

from sygaldry.image.base import Archive, archive_of, archives, is_suite, load, mmdebstrap
from sygaldry.image.snapshot import Release

# Debian 12's own debian.sources, with the comments that its container images carry.
DEB822 = """\
Types: deb
# http://snapshot.example.org/archive/debian/20250520T000000Z
URIs: http://mirror.example.org/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example.org/debian-security
Suites: bookworm-security
Components: main
"""
OLD = "# mine\ndeb [arch=amd64 signed-by=/k.gpg] http://other.example.org/apt stable main\ndeb-src http://x y z\n"


def test_both_forms_of_source_lists_are_read() -> None:
    assert archives([OLD, DEB822]) == (
        Archive("http://other.example.org/apt", "stable"),
        Archive("http://mirror.example.org/debian", "bookworm"),
        Archive("http://mirror.example.org/debian", "bookworm-updates"),
        Archive("http://mirror.example.org/debian-security", "bookworm-security"),
    )


def test_another_suite_comes_from_the_same_mirror() -> None:
    known = archives([OLD, DEB822])
    assert archive_of("bookworm", known) == Archive("http://mirror.example.org/debian", "bookworm")
    assert archive_of("trixie", known) == Archive("http://mirror.example.org/debian", "trixie")
    assert archive_of("trixie", archives([OLD])) is None


@pytest.mark.parametrize("text", ["", "-o", "../x", "Bookworm", "a b", "x" * 80, "bookworm;id"])
def test_a_suite_is_a_plain_word(text: str) -> None:
    assert not is_suite(text)


def test_the_words_that_make_and_load_it() -> None:
    archive = Archive("http://m/debian", "bookworm")
    assert mmdebstrap(archive, "/t.tar", "/r s", root=False).argv == (
        "env", "TMPDIR=/dev/shm", "SOURCE_DATE_EPOCH=1735689600",
        "mmdebstrap", "--variant=minbase", "--include=ca-certificates,python3",
        "--components=main", "--dpkgopt=path-exclude=/usr/share/man/*", "--dpkgopt=path-exclude=/usr/share/doc/*",
        "--dpkgopt=path-include=/usr/share/doc/*/copyright", "--dpkgopt=path-exclude=/usr/share/locale/*",
        """--customize-hook=cat "$1"/var/lib/apt/lists/*Release >'/r s'""", "bookworm", "/t.tar", "http://m/debian",
    )  # fmt: skip
    assert load("docker", archive, "/t.tar", Release("bookworm", "12.8", '9 "Nov')).argv == (
        "docker", "import", "--change", "LABEL dev.sygaldry.kind=base",
        "--change", 'LABEL dev.sygaldry.mirror="http://m/debian"',
        "--change", 'LABEL dev.sygaldry.release="bookworm 12.8, 9 Nov"', "--change", 'CMD ["/bin/bash"]',
        "/t.tar", "sygaldry/base:bookworm",
    )  # fmt: skip
