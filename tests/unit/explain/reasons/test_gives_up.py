"""A program that only says that it gives up has printed the reason above, as a warning or a list."""

import pytest
from tests.unit.explain._explained import explained

DEBHELPER = """\
   dh_install
dh_install: warning: Cannot find (any matches for) "usr/bin/fan" (tried in ., debian/tmp)

dh_install: warning: fan missing files: usr/bin/fan
dh_install: error: missing files, aborting
make: *** [debian/rules:3: binary] Error 25
dpkg-buildpackage: error: debian/rules binary subprocess returned exit status 2
"""
CONFIGURE = """\
configure.sh: Configuring sync 3.2.7
Failed to find cmarkgfm or commonmark for python3.
checking if we require man-page building... optional

Configure found the following issues:

- Failed to find xxhash.h for xxhash checksum support.
- Failed to find zstd.h for zstd compression support.

See the INSTALL file for hints on how to install the missing libraries:
    https://sync.example/INSTALL.md

configure.sh: error: Aborting configure run
"""
MISSING_FILES = """\
dh_install: warning: Please use dh_missing --list-missing/--fail-missing instead
dh_install: warning: grid missing files: usr/share/doc/grid/html
dh_install: error: missing files, aborting
make: *** [debian/rules:16: binary] Error 25
"""


@pytest.mark.parametrize(
    ("log", "code", "reason"),
    [
        pytest.param(DEBHELPER, 2, "missing files: usr/bin/fan", id="a reason that is a warning"),
        pytest.param(MISSING_FILES, 2, "grid missing files: usr/share/doc/grid/html", id="the warning that fits best"),
        pytest.param(CONFIGURE, 1, "Failed to find xxhash.h", id="a list of issues"),
    ],
)
def test_the_sentence_has_the_reason(log: str, code: int, reason: str) -> None:
    assert reason in explained(log, code).says
