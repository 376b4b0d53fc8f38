"""Errors of set-up and clean-up that a script went on after do not outrank the one that ended it."""

import pytest
from tests.unit.explain._explained import explained

from sygaldry.diagnosis import Confidence

BUILD = """Configuring grid
g++ -O2 -Iinclude -c src/mesh.cpp -o mesh.o
g++ -O2 -Iinclude -c src/halo.cpp -o halo.o
src/halo.cpp:41:7: error: 'Stencil' was not declared in this scope
   41 |     Stencil star(3);
      |     ^~~~~~~
make: *** [Makefile:12: halo.o] Error 1
"""


@pytest.mark.parametrize(
    "survived",
    [
        "rm: cannot remove 'objects': No such file or directory",
        "ls: cannot access '/opt/tables': No such file or directory",
        "fatal: not a git repository (or any of the parent directories): .git",
        "/var/spool/slurm/job811/slurm_script: line 14: module: command not found",
        'Lmod has detected the following error: The following module(s) are unknown: "fftw/3.3"',
        "conftest.c:12:10: fatal error: curses.h: No such file or directory",
        "Error response from daemon: manifest for registry.local/cache:main not found: manifest unknown",
        "E: Unable to locate package liblegacy-dev",
        "make: git: No such file or directory",
        "/bin/sh: 1: pkg-config: not found",
        "Package libpng was not found in the pkg-config search path.",
        "[n1:9] mca_base_component_repository_open: unable to open mca_x: libx.so.2: cannot open shared object file",
        "fatal: ref HEAD is not a symbolic ref",
    ],
)
def test_an_error_of_the_set_up_was_survived(survived: str) -> None:
    cause = explained(f"{survived}\n{BUILD}", 2)
    assert cause.says == "src/halo.cpp:41:7 does not compile: 'Stencil' was not declared in this scope"


@pytest.mark.parametrize(
    "below",
    [
        "rm: cannot remove '/tmp/grid.lock': No such file or directory",
        "umount: /mnt/scratch: not mounted.",
        "Error response from daemon: No such container: grid-1",
    ],
)
def test_an_error_of_the_clean_up_is_not_the_cause(below: str) -> None:
    assert "halo.cpp:41:7" in explained(f"{BUILD}cleaning up\n{below}\n", 2).says


def test_a_small_program_that_stopped_the_script_is_the_cause() -> None:
    log = "copying the tables\ncp: cannot stat 'tables/gas.dat': No such file or directory\n"
    assert "tables/gas.dat" in explained(log).says


LATER = """reading package lists
configuring
-- Detecting C compiler
-- Detecting Fortran compiler
-- Configuring done
"""


@pytest.mark.parametrize(("name", "cause"), [("Stencil", "libstencil-dev"), ("Mesh", "Mesh")])
def test_what_a_later_error_is_about_too_was_not_survived(name: str, cause: str) -> None:
    log = f"E: Unable to locate package libstencil-dev\n{LATER}src/{name}.cpp:41:7: error: expected a type\n"
    assert cause in explained(log).says


def test_a_full_disk_is_never_a_small_error() -> None:
    log = f"cp: error writing 'tables/gas.dat': No space left on device\n{LATER}ValueError: the table is short\n"
    assert explained(log).says.startswith("the disk is full")


FIRST_RUN = """-- The C compiler identification is GNU 12.2.0
CMake Error at CMakeLists.txt:4 (message):
  the solver needs a release of Mumps

-- Configuring incomplete, errors occurred!
"""


def test_the_last_run_in_a_file_is_explained() -> None:
    cause = explained(f"{FIRST_RUN}{BUILD}", 2)
    assert "halo.cpp:41:7" in cause.says
    assert cause.confidence is Confidence.HIGH


def test_what_a_failed_run_did_not_make_is_a_consequence() -> None:
    log = f"{FIRST_RUN}starting\nreading the input\n./solver: No such file or directory\n"
    assert "Mumps" in explained(log, 1).says


def test_confidence_is_not_high_where_two_runs_failed_and_the_first_is_the_likelier_cause() -> None:
    cause = explained(f"{BUILD}starting\nreading\nrunning\nModuleNotFoundError: No module named 'grid'\n", 1)
    assert cause.confidence is not Confidence.HIGH


def test_a_program_that_a_rule_of_make_needs_is_the_cause() -> None:
    log = "error: the cache of halo tables is empty\nmake all\n/bin/sh: 1: flex: not found\n"
    log += "make: *** [Makefile:3: scan.c] Error 127\n"
    assert "flex" in explained(log, 2).says


@pytest.mark.parametrize(
    "missed",
    [
        "./run.sh: line 22: ./grid: No such file or directory",
        "slurmstepd: error: execve(): ./a: No such file or directory\nsrun: error: n1: task 0: Exited with exit code 2",
        "make: *** No rule to make target 'install'.  Stop.",
        "python3: can't open file '/work/out/tables.py': [Errno 2] No such file or directory",
        "docker: Error response from daemon: pull access denied for grid, repository does not exist",
    ],
)
def test_what_is_missed_after_a_failed_build_is_a_consequence(missed: str) -> None:
    assert "halo.cpp:41:7" in explained(f"{BUILD}{missed}\n", 2).says


def test_what_is_missing_after_an_unrelated_failure_is_not_certain_to_be_the_cause() -> None:
    first = 'Traceback (most recent call last):\n  File "a.py", line 3, in <module>\nValueError: the mesh is empty\n'
    missed = "reading\n" * 9 + "./run.sh: line 22: ./solver: No such file or directory\n"
    assert explained(missed, 1).confidence is Confidence.HIGH
    assert explained(first + missed, 1).confidence is not Confidence.HIGH


def test_a_driver_that_a_program_only_asked_for_is_not_the_cause() -> None:
    log = f"Failed to initialize NVML: Driver/library version mismatch\n{LATER}KeyError: 'halo'\n"
    assert "halo" in explained(log).says
    gpu = f"Failed to initialize NVML: Driver/library version mismatch\n{LATER}RuntimeError: no CUDA device\n"
    assert "two versions" in explained(gpu).says


def test_an_error_of_the_set_up_is_doubtful_where_something_else_failed_later() -> None:
    log = f"fatal: unable to access 'https://example.org/cache.git/': Could not resolve host: example.org\n{LATER}"
    assert explained(log, 128).confidence is Confidence.HIGH
    assert explained(f"{log}the solver failed to converge\n", 1).confidence is not Confidence.HIGH


def test_the_first_error_leads_where_make_keeps_going() -> None:
    second = BUILD.replace("halo", "wave").replace("Stencil", "Crest").replace("Configuring grid\n", "")
    late = "python3 tables.py\nValueError: the mesh is empty\nmake: *** [Makefile:30: tables] Error 1\n"
    assert "halo.cpp:41:7" in explained(f"{BUILD}{second}make: *** [Makefile:9: all] Error 2\n", 2).says
    log = f"{BUILD}{second}{late}make: Target 'all' not remade because of errors.\n"
    assert "halo.cpp:41:7" in explained(log, 2).says


def test_a_file_that_the_shell_does_not_find_at_the_end_was_needed() -> None:
    log = "error: cache miss for key py-3.11\nbash: line 4: .venv/bin/activate: No such file or directory\n"
    assert "activate" in explained(log).says


NO_VERSION = (
    "ERROR: Could not find a version that satisfies the requirement {name} (from versions: none)\n"
    "ERROR: No matching distribution found for {name}\n"
)


@pytest.mark.parametrize("found", ["", "Looking in links: ./wheelhouse\n"])
def test_pip_that_ran_again_survived_the_first_run(found: str) -> None:
    first, second = NO_VERSION.format(name="thrift==0.16.0"), NO_VERSION.format(name="pyhive==0.6.5")
    between = f"{found}Processing ./wheelhouse/thrift-0.16.0.tar.gz\n  Preparing metadata (setup.py): started\n"
    assert "pyhive==0.6.5" in explained(f"{first}{between}{second}").says
    assert "thrift==0.16.0" in explained(first).says
