"""What make, Bazel, Spack and compilers print: the reason is found, not what followed from it."""

import pytest
from tests.unit.explain._explained import explained

# Bazel's summary has the first word of ninja's report, but no output follows it.
BAZEL_FETCH = """\
ERROR: An error occurred during the fetch of repository 'rules_cc':
   java.io.IOException: Error downloading [https://mirror.example/rules_cc.zip] to /b/rules_cc.zip: Unknown host: mirror
ERROR: While resolving toolchains for target //:lib: no such package '@rules_cc//cc': java.io.IOException: Error \
downloading [https://mirror.example/rules_cc.zip] to /b/rules_cc.zip: Unknown host: mirror.example
INFO: 0 processes.
FAILED: Build did NOT complete successfully (2 packages loaded, 0 targets configured)
ERROR: Couldn't start the build. Unable to run tests
FAILED: Build did NOT complete successfully (2 packages loaded, 0 targets configured)
"""

SPACK_DEBUG = """\
\x1b[0;32m==>\x1b[0m [2026-11-29-00:15:10.316528] Reading config from file /opt/spack/config.yaml
\x1b[0;32m==>\x1b[0m [2026-11-29-00:15:10.738952] DATABASE LOCK TIMEOUT: 60s
\x1b[1;31m==>\x1b[0m [2026-11-29-00:15:11.226665] Error: cannot concretize 'png-turbo@1.6', since 'png-turbo' does not \
exist
Traceback (most recent call last):
  File "/opt/spack/repo.py", line 1400, in get_pkg_class
    raise UnknownPackageError(fullname, self)
spack.repo.UnknownPackageError: Package 'spack_repo.builtin.packages.png_turbo.package' not found in repository '/r'
    Use 'spack create' to create a new package.

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/opt/spack/solver/asp.py", line 4041, in _check_input
    raise UnsatisfiableSpecError(
spack.solver.asp.UnsatisfiableSpecError: cannot concretize 'png-turbo@1.6', since 'png-turbo' does not exist
"""

# The archive is read while another target writes it: make only tidies up.
RANLIB = """\
[ 52%] Linking CXX static library libsnappy.a
/usr/bin/ranlib: libsnappy.a: error reading snappy.cc.o: file truncated
[ 52%] Built target snappy-static
gmake[2]: *** [CMakeFiles/snappy.dir/build.make:146: libsnappy.a] Error 1
gmake[2]: *** Deleting file 'libsnappy.a'
gmake: *** [Makefile:146: all] Error 2
"""


# The name of the file has a word of the message.
PLACE = """\
c++ -std=c++14 -c ../view.cpp
../view.hpp:3:15: error: 'string_view' is not a member of 'std'
    3 | int view(std::string_view s);
ninja: build stopped: subcommand failed.
"""

MESON_TEST = """\
ninja: Entering directory `/src/b'
2/2 tiles:bad  FAIL            0.11s   exit status 3
>>> MALLOC_PERTURB_=199 /src/b/t x
――――――――――――――――――――――――――――――――――――― ✀  ―――――――――――――――――――――――――――――――――――――
stderr:
tiles: checksum of block 7 differs: 0xbeef, not 0xdead
――――――――――――――――――――――――――――――――――――――――――――――――――――――――――――――――――――――――――――


Summary of Failures:

2/2 tiles:bad  FAIL            0.11s   exit status 3

Ok:                1
Fail:              1
"""

# A script goes on after CMake, whose own message names no package.
TRACED = """\
+ cmake ..
-- Checking for module 'libzstd'
--   Package 'libzstd', required by 'virtual:world', not found
CMake Error at cmake/FindPkgConfig.cmake:463 (message):
  A required package was not found
Call Stack (most recent call first):
  CMakeLists.txt:202 (pkg_check_modules)


-- Configuring incomplete, errors occurred!
+ make -j2
make: *** No targets specified and no makefile found.  Stop.
"""

STATIC = """\
v.hpp: In instantiation of 'struct Vec<float, 7>':
m.cpp:5:28:   required from here
v.hpp:5:66: error: static assertion failed: Vec needs 2 to 4 elements
make: *** [<builtin>: m.o] Error 1
"""

# The stamps of `ts`.
STAMPED = "".join(
    f"Nov 29 01:59:{second} {line}\n"
    for second, line in enumerate(
        (
            *("cc -c t.c", "shard 1: 0 errors", "shard 2: 0 errors", "./run.sh", "opening the database", "migrating 7"),
            'column "price" of relation "orders" does not exist',
            "make: *** [Makefile:3: all] Error 3",
        ),
        10,
    )
)

ASSEMBLER = """\
crypt.c: Assembler messages:
crypt.c:2: Error: no such instruction: `mulq3 %rsi,%rax'
crypt.c:3: Error: no such instruction: `vrotx %xmm0,%xmm0'
make: *** [Makefile:6: crypt.o] Error 1
"""

# With --sandbox_debug, the sandbox speaks before and after the command.
SANDBOX = """\
INFO: Found 1 target...
ERROR: /w/BUILD:1:8: Executing genrule //:tbl failed: (Exit 4): linux-sandbox failed: error executing command
1795919149.895066822: src/main/tools/linux-sandbox-pid1.cc:406: child started with PID 2
mk: warning: 0 errors tolerated
mk: column 3 of in.csv has no header
1795919149.918678903: src/main/tools/linux-sandbox-pid1.cc:441: child exited normally with code 4
Target //:tbl failed to build
Use --verbose_failures to see the command lines of failed build steps.
INFO: Elapsed time: 9.369s, Critical Path: 0.17s
FAILED: Build did NOT complete successfully
"""

BOOTSTRAP = """\
ERROR: error loading package '': Encountered error while reading extension file 'tools/cpp/cc_configure.bzl': no such \
package '@bazel_tools//tools/cpp': to fix, run
\tbazel fetch //...
External repository @bazel_tools not found and fetching repositories is disabled.
INFO: Elapsed time: 0.887s
FAILED: Build did NOT complete successfully (0 packages loaded)
"""

HOOK = """\
remote: -----> Fetching Miniconda
remote: cp: cannot stat '/app/!(tmp)': No such file or directory
remote:  !     Push rejected, failed to compile Python/Conda app.
 ! [remote rejected] master -> master (pre-receive hook declined)
error: failed to push some refs to 'https://git.example/x.git'
"""

# What a script tries before it goes on without it.
PROBE = """\
probe.c:1:10: fatal error: openssl/none.h: No such file or directory
    1 | #include <openssl/none.h>
      |          ^~~~~~~~~~~~~~~~
compilation terminated.
no OpenSSL, using the built-in one
cc -c a.c
a.c:1:29: error: expected expression before ';' token
    1 | int main(void){ int x = foo(; return x; }
      |                             ^
"""

SPACK_PATCH = """\
==> Installing fan-1.0-mrnv44j7jlmkabzpgv7cbg33i2ymlap7 [6/6]
==> Fetching file:///src/fan-1.0.tar
1 out of 1 hunk FAILED -- saving rejects to file a.c.rej
==> Patch /repo/packages/fan/fix.patch failed.
==> Error: ProcessError: Command exited with status 1:
    '/usr/bin/patch' '-s' '-p' '1' '-i' '/repo/packages/fan/fix.patch' '-d' '.'
"""

ATTEMPTS = """\
./run.sh
connecting to db (attempt 1): error: refused
connecting to db (attempt 2): ok
column "price" of relation "orders" does not exist
make: *** [Makefile:3: all] Error 3
"""

BAZEL_LINK = """\
ERROR: /w/src/BUILD:2:1: Linking of rule '//:grid' failed (Exit 1) gcc failed: error executing command /usr/bin/gcc @g.p

Use --sandbox_debug to see verbose messages from the sandbox
bazel-out/bin/_objs/grid/grid.o:grid.cpp:function main: error: undefined reference to 'mesh::load()'
collect2: error: ld returned 1 exit status
INFO: Elapsed time: 135.014s, Critical Path: 14.26s
FAILED: Build did NOT complete successfully
"""
CHECKS = """\
checking for setlinebuf... yes
checking for local grid library... not found
checking for grid-config... no
configure: error: see the INSTALL doc for more info
"""
COMPILER_TEST = """\
CMake Error at /usr/share/cmake/Modules/CMakeTestCCompiler.cmake:70 (message):
  The C compiler

    "/opt/gcc/bin/gcc"

  is not able to compile a simple test program.

  It fails with the following output:

    Run Build Command(s):/usr/bin/gmake -f Makefile cmTC_40f94/fast
    cc1: error: bad value 'znver99' for '-march=' switch
    gmake: *** [Makefile:127: cmTC_40f94/fast] Error 2

  CMake will not be able to correctly generate this project.
-- Configuring incomplete, errors occurred!
"""
BUILDS = (
    pytest.param(SPACK_PATCH, 1, "/repo/packages/fan/fix.patch", id="a patch of Spack"),
    pytest.param(ATTEMPTS, 2, 'column "price" of relation', id="a second attempt that succeeded"),
    pytest.param(PROBE, 1, "expected expression before ';'", id="a probe that a script went on without"),
    pytest.param(SANDBOX, 1, "column 3 of in.csv has no header", id="Bazel's sandbox"),
    pytest.param(HOOK, 1, "cannot stat '/app/!(tmp)'", id="a build that a hook runs"),
    pytest.param(TRACED, 2, "Package 'libzstd'", id="a script that goes on after CMake"),
    pytest.param(STATIC, 2, "Vec needs 2 to 4 elements", id="a static assertion"),
    pytest.param(STAMPED, 2, 'column "price" of relation', id="stamps before each line"),
    pytest.param(ASSEMBLER, 1, "`mulq3 %rsi,%rax'", id="the first error of the assembler"),
    pytest.param(RANLIB, 2, "error reading snappy.cc.o: file truncated", id="binutils"),
    pytest.param(PLACE, 1, "'string_view' is not a member", id="the words of a place"),
    pytest.param(MESON_TEST, 1, "checksum of block 7 differs", id="output of a failed test"),
    pytest.param(BAZEL_FETCH, 1, "Unknown host: mirror.example", id="summary of Bazel"),
    pytest.param(BAZEL_LINK, 1, "mesh::load() is defined nowhere", id="what Bazel's sandbox printed"),
    pytest.param(CHECKS, 1, "checking for grid-config... no", id="the last checks of configure"),
    pytest.param(COMPILER_TEST, 1, "bad value 'znver99'", id="CMake's test of a compiler"),
    pytest.param(SPACK_DEBUG, 1, "since 'png-turbo' does not exist", id="time stamps of Spack"),
)


@pytest.mark.parametrize(("log", "code", "reason"), BUILDS)
def test_the_sentence_has_the_reason(log: str, code: int, reason: str) -> None:
    assert reason in explained(log, code).says


def test_the_exception_that_replaced_the_known_one_is_shown_with_it() -> None:
    log = SPACK_DEBUG.replace("] Error: cannot concretize", "] Note: no answer for")
    cause = explained(log)
    shown = [line.text for line in cause.lines]
    assert "Package 'spack_repo.builtin.packages.png_turbo.package' not found" in shown[0]
    assert "since 'png-turbo' does not exist" in shown[-1]


def test_the_rest_of_a_message_that_advises_a_command_is_shown() -> None:
    cause = explained(BOOTSTRAP)
    assert any("fetching repositories is disabled" in line.text for line in cause.lines)
