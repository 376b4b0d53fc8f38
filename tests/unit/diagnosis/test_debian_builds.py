"""What debhelper, dpkg and Autotools print: the reason is found, not the reports of the tools around it."""

import pytest
from tests.unit.explain._explained import explained

# The heads of a diff are no traced commands.
SYMBOLS = """\
dpkg-gensymbols: error: some symbols or patterns disappeared in the symbols file: see diff output below
dpkg-gensymbols: warning: debian/libfan1/DEBIAN/symbols doesn't match completely debian/libfan1.symbols
--- debian/libfan1.symbols (libfan1_1.0_amd64)
+++ dpkg-gensymbolss5urVh	2026-11-29 01:46:05.332387837 +0000
@@ -1,3 +1,3 @@
 libfan.so.1 libfan1 #MINVER#
- fan_old@Base 0.9
+#MISSING: 1.0# fan_old@Base 0.9
dh_makeshlibs: error: failing due to earlier errors
make: *** [debian/rules:3: binary] Error 25
dpkg-buildpackage: error: debian/rules binary subprocess returned exit status 2
"""

SHLIBDEPS = """\
   dh_shlibdeps -a
dpkg-shlibdeps: error: cannot find library libpriv.so.1 needed by debian/fan/usr/bin/fan (RPATH: '')
dpkg-shlibdeps: error: cannot continue due to the error above
Note: libraries are not searched in other binary packages that do not have any shlibs or symbols file.
dh_shlibdeps: error: dpkg-shlibdeps -Tdebian/fan.substvars debian/fan/usr/bin/fan returned exit code 2
dh_shlibdeps: error: Aborting due to earlier error
make: *** [debian/rules:3: binary] Error 25
dpkg-buildpackage: error: debian/rules binary subprocess returned exit status 2
"""

UPSTREAM = """\
dpkg-source: info: local changes detected, the modified files are:
 fan/a.c
dpkg-source: error: aborting due to unexpected upstream changes, see /tmp/fan_1.0-1.diff.V4VnCz
dpkg-source: info: you can integrate the local changes with dpkg-source --commit
dpkg-buildpackage: error: dpkg-source -b . subprocess returned exit status 2
"""

COMPAT = """\
 debian/rules clean
dh clean
dh_clean: Please specify the compatibility level in debian/compat
make: *** [debian/rules:4: clean] Error 2
dpkg-buildpackage: error: debian/rules clean subprocess returned exit status 2
"""

BANNER = """\
checking for pkg-config... no

*** Your version of pkg-config is too old. You need at least
*** pkg-config 0.9.0 or newer. You can download pkg-config
*** from the freedesktop.org software repository at
***
***    https://www.freedesktop.org/wiki/Software/pkg-config/
***
make[1]: *** [debian/rules:7: override_dh_auto_configure] Error 1
make: *** [debian/rules:4: build] Error 2
dpkg-buildpackage: error: debian/rules build subprocess returned exit status 2
"""

# debhelper prints the whole config.log: what its probes printed is no error.
CONFIG_LOG = "".join(
    (
        "configure: error: libsnd is required, see README\n\ttail -v -n \\+0 config.log\n==> config.log <==\n",
        "This file contains any messages produced by compilers while\nrunning configure, to aid debugging.\n\n",
        "configure:3556: checking for C compiler version\ngcc: error: unrecognized command-line option '-V'\n",
        "gcc: fatal error: no input files\n",
        *(f"configure:{n}: checking for f{n}\n/usr/bin/ld: cannot find -lf{n}\n| int\n" for n in range(3600, 3900)),
        "configure:4459: checking for sf_open\nconfigure:4460: error: libsnd is required, see README\n",
        "configure: exit 1\n",
        "dh_auto_configure: error: ./configure --build=x86_64-linux-gnu --prefix=/usr returned exit code 1\n",
        "make: *** [debian/rules:3: build] Error 25\n",
        "dpkg-buildpackage: error: debian/rules build subprocess returned exit status 2\n",
    )
)


AUTOMAKE = """\
PASS: add.sh
FAIL: div.sh
==================
   calc 1: ./test-suite.log
==============================

# TOTAL: 2
# FAIL:  1

FAIL: div
=========

div: 7/2 = 3, expected 3.5
FAIL div.sh (exit status: 1)

============================================================================
See ./test-suite.log
============================================================================
make[2]: *** [Makefile:480: test-suite.log] Error 1
make: *** [Makefile:785: check-am] Error 2
"""

# configure is not valid: there is no makefile for that reason.
MACRO = """\
checking for gcc option to enable C11 features... none needed
./configure: line 3084: syntax error near unexpected token `FOO,foo'
./configure: line 3084: `XX_CHECK_MODULES(FOO,foo >= 1.2,have=yes,have=no)'
make: *** No targets specified and no makefile found.  Stop.
"""

CONFIG_STATUS = """\
./config.status config.h
make: ./config.status: No such file or directory
make: *** [Makefile:6: config.h] Error 127
make returned 2
ls: cannot access 'app': No such file or directory
run.sh: line 3: ./app: No such file or directory
"""

BUILDS = (
    pytest.param(CONFIG_STATUS, 127, "./config.status", id="a program that was not built"),
    pytest.param(SYMBOLS, 2, "fan_old@Base", id="symbols of a Debian package"),
    pytest.param(SHLIBDEPS, 2, "cannot find library libpriv.so.1", id="due to the error above"),
    pytest.param(UPSTREAM, 2, "unexpected upstream changes", id="an abort with its reason"),
    pytest.param(COMPAT, 2, "Please specify the compatibility level", id="a program's last words"),
    pytest.param(BANNER, 2, "pkg-config is too old", id="a banner of configure"),
    pytest.param(CONFIG_LOG, 2, "libsnd is required", id="a config.log in the output"),
    pytest.param(AUTOMAKE, 2, "7/2 = 3, expected 3.5", id="the test suite of automake"),
    pytest.param(MACRO, 2, "syntax error near unexpected token `FOO,foo'", id="a broken configure"),
)


@pytest.mark.parametrize(("log", "code", "reason"), BUILDS)
def test_the_sentence_has_the_reason(log: str, code: int, reason: str) -> None:
    assert reason in explained(log, code).says
