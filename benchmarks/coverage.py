"""Which lines and branches of each package the tests run, child processes included: python -m benchmarks.coverage.

Writes docs/reference/coverage.md. Words after the name go to pytest. Commands of the checkout run under `-I -S`,
where the usual hooks for child processes do not work; so the checkout's interpreter is replaced by a wrapper for the
time of the measurement. What runs inside a container or the sandbox is another interpreter and is not measured.
"""

import contextlib
import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
PAGE: Final = ROOT / "docs" / "reference" / "coverage.md"
INTERPRETER: Final = ROOT / ".venv" / "bin" / "python"
_TESTS: Final = (
    *(f"tests/{name}" for name in ("unit", "contract", "flows")),
    *(f"tests/integration/{name}" for name in ("cli", "jobs", "sandbox", "gpu", "explain")),
    *(f"tests/faults/jobs/test_{name}.py" for name in ("limits", "retries", "trees", "files")),
)
# One looks at what a launch imports, where coverage adds its own; the other runs as a user who may not run the wrapper.
_NOT_MEASURED: Final = (
    "tests/integration/sandbox/test_start_up.py::test_a_launch_imports_nothing_dear",
    "tests/integration/sandbox/test_launch.py::test_an_ordinary_user_gets_the_same",
)
_HEAD: Final = """# Test coverage

Lines and branches that the tests run, by package, child processes included. What runs inside a container or the
sandbox uses another interpreter and is not counted, so `supervisor` is tested better than its row says. The tests with
Docker, Podman, Apptainer, Slurm and Spack, and most of the fault matrix, are left out, because they take long.

Made by `tools/check -s coverage`; `tools/check -s coverage -- tests` runs all tests.

| package | lines | covered |
| --- | ---: | ---: |
"""


def main() -> int:
    """Run the tests under coverage and write the page; returns the exit code of the tests."""
    subprocess.run([str(ROOT / "tools" / "sygaldry"), "--version"], stdout=subprocess.DEVNULL, check=True)
    words = sys.argv[1:] or ["-q", *_TESTS, *(f"--deselect={test}" for test in _NOT_MEASURED)]
    environment = {**os.environ, "COVERAGE_FILE": str(ROOT / ".coverage")}
    coverage = [sys.executable, "-m", "coverage"]
    subprocess.run([*coverage, "erase"], cwd=ROOT, env=environment, check=True)
    with measured_interpreter():
        tests = subprocess.run([*coverage, "run", "-m", "pytest", *words], cwd=ROOT, env=environment, check=False)
    subprocess.run([*coverage, "combine", "-q"], cwd=ROOT, env=environment, check=True)
    report = ROOT / ".coverage.json"
    subprocess.run([*coverage, "json", "-q", "-o", str(report)], cwd=ROOT, env=environment, check=True)
    PAGE.write_text(page(json.loads(report.read_text())))
    print(PAGE.read_text())
    return tests.returncode


@contextlib.contextmanager
def measured_interpreter() -> Iterator[None]:
    """Let the commands of the checkout run under coverage while this lasts."""
    original = INTERPRETER.readlink()
    wrapper = f"""#!/bin/sh
# {__name__}: removed when the measurement ends
case "${{5-}}" in # -I -S -c CODE START
*/start.py)
	shift 4
	COVERAGE_FILE={ROOT}/.coverage exec {sys.executable} -m coverage run --rcfile={ROOT}/pyproject.toml "$1" "$@"
	;;
*) exec {original} "$@" ;;
esac
"""
    INTERPRETER.unlink()
    INTERPRETER.write_text(wrapper)
    INTERPRETER.chmod(0o755)
    try:
        yield
    finally:
        INTERPRETER.unlink()
        INTERPRETER.symlink_to(original)


def page(report: dict[str, dict[str, dict[str, dict[str, int]]]]) -> str:
    """Format the table: a row a package, the sum last."""
    lines: dict[str, int] = defaultdict(int)
    covered: dict[str, int] = defaultdict(int)
    for path, file in report["files"].items():
        package = Path(path).relative_to("src/sygaldry").parts[0].removesuffix(".py")
        for name in (package, "all"):
            counted = file["summary"]
            lines[name] += counted["num_statements"]
            covered[name] += counted["covered_lines"]
    names = [*sorted(set(lines) - {"all"}), "all"]
    rows = [f"| {name} | {lines[name]} | {covered[name] / max(lines[name], 1):.0%} |" for name in names]
    return _HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    sys.exit(main())
