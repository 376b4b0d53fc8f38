"""What builds and batch systems print: the first line of an answer names the item itself, never a message around it."""

import pytest

from sygaldry import explain
from sygaldry.diagnosis import Confidence, Facts, Memory

# BuildKit's number is no count of errors, and the export is a step of its own.
EXPORT = """\
#7 [web 4/4] RUN npm run build
#7 1.1 Warning: invalid option detected: unknown key `lint`
#7 DONE 9.0s

#8 [web] exporting to image
#8 exporting layers 0.1s done
#8 ERROR: failed to prepare extraction snapshot "extract-1 sha256:0a": parent snapshot sha256:0b is gone: not found
------
 > [web] exporting to image:
------
target web: failed to solve: failed to prepare extraction snapshot "extract-1 sha256:0a": parent snapshot sha256:0b \
is gone: not found
View build details: docker-desktop://dashboard/build/default/default/abc
"""

REGISTRY = """\
#1 [internal] load metadata for docker.io/library/node:20
#1 ERROR: failed to authorize: failed to fetch oauth token: Post "https://auth.example/token": dial tcp: i/o timeout
------
 > [internal] load metadata for docker.io/library/node:20:
------
ERROR: failed to solve: node:20: failed to resolve source metadata for docker.io/library/node:20: failed to authorize
"""

ENGINE = "unable to get image 'web': failed to connect to the docker API at npipe:////./pipe/engine; is it running?\n"

# CMake prints before ninja reports that the generator failed.
RECONFIGURE = """\
[0/1] Re-running CMake...
CMake Error at CMakeLists.txt:4 (add_subdirectory):
  The binary directory /b/mqtt is already used to build another directory.

-- Configuring incomplete, errors occurred!
FAILED: build.ninja
/usr/bin/cmake --regenerate-during-build -S/s -B/b
ninja: error: rebuilding 'build.ninja': subcommand failed
"""

EMPTY_MESSAGE = """\
-- fetch: version 2
[fetch ** FATAL ERROR **] No list of packages in:
[fetch ** FATAL ERROR **]   /cache/list

----------------------------- ERROR ----------------------------
    https://fetch.example/errors.html
----------------------------------------------------------------

CMake Error at cmake/Fetch.cmake:88 (message):
Call Stack (most recent call first):
  cmake/Fetch.cmake:112 (fetch_error_page)
  CMakeLists.txt:28 (Fetch)


-- Configuring incomplete, errors occurred!
"""

LONG_PLACE = """\
      *** Configuring CMake...
      CMake Error at vendor/a/folder/with/a/long/name/gpu/CMakeLists.txt:257
      (message):
        The GPU toolkit is not here


      *** CMake configuration failed
"""

TRANSLATED = "  main.cpp\nLINK : fatal error LNK1104: nie mozna otworzyc pliku app.exe\n"

HEAP = """\
FAILED: core.obj
cl.exe /c core.cpp
c1xx: error C3859: brak pamieci
c1xx: fatal error C1076: limit
[9/20] Building CXX object other.obj
ninja: build stopped: subcommand failed.
"""

PRECOMPILED = """\
FAILED: version.o
clang++ -c version.cpp
error: source file is not valid UTF-8
fatal error: too many errors emitted, stopping now [-ferror-limit=]
ninja: build stopped: subcommand failed.
"""

# pip indents what the build prints; the warning is of a step that went well.
INDENTED = """\
update-binfmts: warning: unable to open /proc/status for writing: Permission denied
  [1/2] Building a.o
  FAILED: gen/ops.inc
  cd /b && /opt/tblgen ops.td
  /bin/sh: 1: /opt/tblgen: Permission denied
  ninja: build stopped: subcommand failed.
FATAL:   While performing build: while running engine: while running %post section: exit status 1
"""

CANCELLED = """\
starting 3 tasks
slurmstepd: error: *** JOB 77 ON node3 CANCELLED AT 2026-01-02T03:04:05 ***
Killed by signal 15.
Killed by signal 15.
"""

LOGIN_SHELL = """\
-bash: .out: command not found
ifort: error #10236: File not found:  'rotate.f'
ifort: command line error: no files specified; for help type "ifort -help"
"""

SECCOMP = """\
WARNING: Not compiled with seccomp, you may get permission denied errors when devices are made
INFO:    Starting build...
FATAL:   While performing build: conveyor failed to get: reading registries.conf.d: lstat /conf: permission denied
"""

SECTION = """\
INFO:    Running post scriptlet
+ ./configure.sh
configure.sh: the licence file is missing
FATAL:   While performing build: while running engine: while running %post section: exit status 1
"""

REFUSED = """\
srun: error: You must name an account!
srun: error: Unable to allocate resources: Unspecified error
"""

MIRRORS = """\
#8 17.8 [MIRROR] zlib-1.rpm: Curl error (92): Stream error in the HTTP/2 framing layer for https://repo.example/zlib
#8 18.2 [FAILED] zlib-1.rpm: No more mirrors to try - All mirrors were already tried without success
#8 18.2 Error: Error downloading packages:
#8 ERROR: process "/bin/sh -c dnf install -y zlib" did not complete successfully: exit code: 1
"""

FLANG = """\
2 errors found in build log:
     224    mpif90 -c -o diags.o diags.F90
     225    F90-W-0547-OpenMP feature, SAFELEN, is not there yet. (diags.F90: 900)
     226    F90-F-0155-DO loop expected after COLLAPSE (diags.F90: 908)
     227    F90/aarch64 Linux FlangArm F90  - 1.5: compilation aborted
  >> 228    make: *** [diags.o] Error 1
"""

QUOTED_CMAKE = """\
  >> 324    CMake Error at /tmp/stage/a/very/long/folder/name/in/the/sources/of/it/cmake/modul
            es/Collect.cmake:33 (file):
     325      file COPY cannot find
     326      "/tmp/stage/spack-build/libone.so":
     327      No such file or directory.
     328
  >> 330    make[3]: *** [CMakeFiles/bin.dir/build.make:64: CMakeFiles/bin] Error 1
"""

REMOVED_FIRST = """\
Removing the old one
Error response from daemon: No such container: explorer
docker: Error response from daemon: Mount denied:
The source path "C:/src/config.json" is not shared
"""

CUSTOM_BUILD = """\
  CMake Error at download.cmake:163 (message):
    Each download failed!


C:\\VC\\Microsoft.CppCommon.targets(254,5): error MSB8066: Custom build for 'C:\\b\\all.rule' exited with code 1.
"""

VERILATOR = """\
%Error: src/arbiter.vh:25:15: Wire inputs its own output, creating circular logic
%Error: Exiting due to 1 error(s), 42 warning(s)
make: *** [lint] Error 1
"""

SETUP_SECTION = """\
fatal: not a git repository (or any of the parent directories): .git
FATAL:   While performing build: failed to run %setup script: exit status 128
"""

BAZEL_EXEC = """\
ERROR: /w/BUILD:5:8: Action src/main.o failed (Exit 1) gcc failed: error executing command gcc src/main.c -c
gcc: error trying to exec 'cc1': execvp: No such file or directory
Target //:compile failed to build
FAILED: Build did NOT complete successfully
"""

TASK_FAILURE = """\
solve.py: the mesh has no cells
[2026-04-29T23:36:37.809] error: *** STEP 52.0 ON n2 CANCELLED AT 2026-04-29T23:36:37 DUE TO TASK FAILURE ***
srun: error: n2: tasks 0-57,59-63: Terminated
srun: Force Terminated StepId=52.0
"""

KILLED = """\
Building web

ERROR: Service 'web' failed to build: The command '/bin/sh -c npm install' returned a non-zero code: 137
"""

DNF = """\
 Problem: package repos-8-4.el8.noarch requires keys = 1:8-4.el8, but none of the providers can be installed
  - cannot install both keys-1:8-5.el8.noarch and keys-1:8-4.el8.noarch
  - cannot install the best update candidate for package keys-1:8-4.el8.noarch
(try to add '--allowerasing' to command line to replace conflicting packages)
Error: error building at STEP "RUN dnf update -y": error while running runtime: exit status 1
"""

# Compose left out what the step printed.
REPORT_ONLY = """\
 Image web Building                                      105.6s
deploy.Dockerfile:11
--------------------
  11 | >>> RUN npm run build
  12 |
--------------------
failed to solve: process "/bin/sh -c npm run build" did not complete successfully: exit code: 2
"""

STARS = """\
make[2]: *** [check.out] Error 1
*** The compiler 'mcs' does not appear to be usable.
*** Read INSTALL.txt for information.
make[1]: *** [check] Error 1
make: *** [all] Error 2
"""

# A person typed `make` and went on.
SECOND_MAKE = """\
checking dynamic linker... configure: error: C++ compiler missing or inoperational
make[1]: *** [Makefile:26836: stage1] Error 2
make: *** [Makefile:953: all] Error 2
$ make install
make[2]: *** No rule to make target 'install'.  Stop.
make[1]: *** [Makefile:3767: install-part] Error 2
make: *** [Makefile:2334: install] Error 2
"""


@pytest.mark.parametrize(
    ("log", "code", "headline"),
    [
        pytest.param(EXPORT, 1, "parent snapshot", id="the export of an image"),
        pytest.param(REGISTRY, 1, "i/o timeout", id="a registry"),
        pytest.param(ENGINE, 1, "the Docker engine does not answer", id="an engine that is not there"),
        pytest.param(RECONFIGURE, 1, "/b/mqtt is already used", id="CMake run by ninja"),
        pytest.param(EMPTY_MESSAGE, 1, "No list of packages in", id="an error page of a project"),
        pytest.param(LONG_PLACE, 1, "The GPU toolkit is not here", id="a place that CMake wraps"),
        pytest.param(TRANSLATED, 1, "nie mozna otworzyc pliku", id="a translated message of a linker"),
        pytest.param(HEAP, 1, "the compiler ran out of memory", id="a compiler's heap"),
        pytest.param(PRECOMPILED, 1, "not valid UTF-8", id="a limit of errors"),
        pytest.param(INDENTED, 1, "/opt/tblgen: Permission denied", id="ninja inside pip"),
        pytest.param(CANCELLED, 1, "CANCELLED AT", id="processes of a cancelled job"),
        pytest.param(SECCOMP, 255, "lstat /conf: permission denied", id="a warning of Apptainer"),
        pytest.param(REFUSED, 1, "You must name an account", id="a site's rule for jobs"),
        pytest.param(MIRRORS, 1, "zlib-1.rpm", id="mirrors of dnf"),
        pytest.param(FLANG, 1, "DO loop expected", id="Flang in Spack's quotation"),
        pytest.param(QUOTED_CMAKE, 1, "file COPY cannot find", id="CMake in Spack's quotation"),
        pytest.param(REMOVED_FIRST, 125, "Mount denied", id="a container removed before"),
        pytest.param(CUSTOM_BUILD, 1, "Each download failed", id="a command of MSBuild"),
        pytest.param(VERILATOR, 2, "circular logic", id="a count of errors"),
        pytest.param(SETUP_SECTION, 255, "not a git repository", id="a section that ended"),
        pytest.param(BAZEL_EXEC, 1, "own part cc1", id="a part of the compiler"),
        pytest.param(KILLED, 1, "a build step was killed (137)", id="a killed step of docker"),
        pytest.param(DNF, 1, "none of the providers can be installed", id="a problem of dnf"),
        pytest.param(
            "make[2]: stub.def: Command not found\nmake: *** [a.h] Error 127\n", 2, "stub.def", id="make's shell"
        ),
        pytest.param(SECOND_MAKE, 2, "C++ compiler missing", id="a make after one that failed"),
        pytest.param(LOGIN_SHELL, 1, "rotate.f", id="a command before the failing one"),
    ],
)
def test_the_headline_names_the_item(log: str, code: int, headline: str) -> None:
    cause = explain.explain(Memory(log.encode()), Facts(code))
    assert cause is not None
    assert headline in " ".join((cause.says, *(line.text for line in cause.lines)))
    assert cause.confidence is not Confidence.LOW


@pytest.mark.parametrize(
    ("log", "evidence"), [(SECTION, "licence file is missing"), (TASK_FAILURE, "mesh has no cells")]
)
def test_a_report_that_something_ended_is_no_cause_by_itself(log: str, evidence: str) -> None:
    cause = explain.explain(Memory(log.encode()), Facts(1))
    assert cause is not None
    assert evidence in " ".join((cause.says, *(line.text for line in cause.lines)))


TWO_STEPS = """\
##[group]Run make test
tests/unit.c:3: error: no member named x
##[error]Process completed with exit code 2.
##[group]Run git push
remote: Permission denied to the bot
fatal: unable to access 'https://example.org/a/': The requested URL returned error: 403
##[error]Process completed with exit code 128.
Post job cleanup.
"""


@pytest.mark.parametrize(
    ("log", "sure"), [(TWO_STEPS, False), ("".join(TWO_STEPS.splitlines(keepends=True)[:3]), True)]
)
def test_confidence_is_not_high_where_two_steps_of_a_job_failed(log: str, sure: bool) -> None:
    cause = explain.explain(Memory(log.encode()), Facts(1))
    assert cause is not None
    assert (cause.confidence is Confidence.HIGH) is sure


def test_where_the_reason_is_not_in_the_log_its_report_is_the_evidence() -> None:
    cause = explain.explain(Memory(REPORT_ONLY.encode()), Facts(1))
    assert cause is not None
    assert not cause.identified
    assert cause.says.startswith("the log has no reason, only the report: failed to solve: process")
    assert "npm run build" in cause.says


def test_a_line_that_states_a_result_is_better_evidence_than_the_report_of_make() -> None:
    cause = explain.explain(Memory(STARS.encode()), Facts(2))
    assert cause is not None
    assert "does not appear to be usable" in cause.says
