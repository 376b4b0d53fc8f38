"""What make, Bazel, Spack and compilers print: the reason is found, not what followed from it."""

import pytest

from sygaldry import explain
from sygaldry.diagnosis import Facts, Memory

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

BUILDS = (
    pytest.param(BAZEL_FETCH, 1, "Unknown host: mirror.example", id="summary of Bazel"),
    pytest.param(SPACK_DEBUG, 1, "since 'png-turbo' does not exist", id="time stamps of Spack"),
)


@pytest.mark.parametrize(("log", "code", "reason"), BUILDS)
def test_the_first_line_is_the_reason(log: str, code: int, reason: str) -> None:
    cause = explain.explain(Memory(log.encode()), Facts(code))
    assert cause is not None
    assert reason in cause.says


def test_the_exception_that_replaced_the_known_one_is_shown_with_it() -> None:
    log = SPACK_DEBUG.replace("] Error: cannot concretize", "] Note: no answer for")
    cause = explain.explain(Memory(log.encode()), Facts(1))
    assert cause is not None
    shown = [line.text for line in cause.lines]
    assert "Package 'spack_repo.builtin.packages.png_turbo.package' not found" in shown[0]
    assert "since 'png-turbo' does not exist" in shown[-1]
