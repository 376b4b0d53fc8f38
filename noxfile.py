"""The task runner: `tools/check -l` lists the sessions, `tools/check -s lint` runs one.

The sessions use the environment that tools/check made from locks/dev.txt, so that nothing is installed twice.
"""

from pathlib import Path
from shutil import which

import nox

nox.options.default_venv_backend = "none"
nox.options.sessions = ["lint", "types", "layers", "shell", "tests"]

SHELL_FOLDERS = ("container", "tools", "pkg", ".ci")


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and formatting, and that no code is dead."""
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("vulture")


@nox.session
def types(session: nox.Session) -> None:
    """Check types strictly, over source, tests and benchmarks."""
    session.run("mypy")


@nox.session
def layers(session: nox.Session) -> None:
    """Check that imports go downwards and that only host starts programs."""
    session.run("lint-imports", env={"PYTHONPATH": "src"})


@nox.session
def shell(session: nox.Session) -> None:
    """Check every shell script and the Dockerfile."""
    session.run("shellcheck", "--external-sources", "--source-path=.", *_shell_scripts())
    if which("hadolint"):  # there is a wheel for x86_64 alone
        session.run("hadolint", "container/dev_container.dockerfile")


@nox.session
def tests(session: nox.Session) -> None:
    """Run every test; those whose tool is absent are skipped with the reason."""
    session.run("pytest", "-n", "3", "--dist", "loadgroup", *session.posargs)


@nox.session
def bazel(session: nox.Session) -> None:
    """Build and test this repository's modules with the Bazel 7 of Debian sid, in Docker; downloads 640 MB once."""
    image = session.run(".ci/bazel-7", external=True, silent=True)
    session.run(
        "pytest",
        "tests/integration/bazel/test_bazel_modules.py",
        *session.posargs,
        env={"SYGALDRY_TEST_BAZEL_7_IMAGE": str(image).strip()},
    )


@nox.session
def nfs(session: nox.Session) -> None:
    """Launch, run jobs and build with Bazel on a real NFS mount, in a User-Mode Linux (root; 40 MB, 5 minutes)."""
    kernel = session.run(".ci/nfs-machine", session.create_tmp() + "/nfs", external=True, silent=True)
    session.run("pytest", "tests/integration/nfs", *session.posargs, env={"SYGALDRY_TEST_NFS": str(kernel).strip()})


@nox.session
def fuzz(session: nox.Session) -> None:
    """Feed 20,000 damaged inputs to every reader: no traceback, no hang, no write outside."""
    session.run("pytest", "-n", "2", "tests/fuzz", *session.posargs, env={"SYGALDRY_TEST_FUZZ": "20000"})


@nox.session
def rehearsal(session: nox.Session) -> None:
    """Compile pkg/rehearsal with the real Spack of SYGALDRY_TEST_SPACK (`-- --larger`: more); prints minutes."""
    session.run("python", "tools/rehearse.py", *session.posargs)


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation site into .site/, strictly and without the network."""
    # Not --quiet: MkDocs counts no warning that it does not print, and a strict build lives by them.
    session.run("mkdocs", "build", env={"NO_MKDOCS_2_WARNING": "1"})


@nox.session
def package(session: nox.Session) -> None:
    """Build the sdist and the wheel twice, compare them byte for byte, check them, and run the wheel."""
    session.run("python", "tools/package.py", *session.posargs)


@nox.session
def release(session: nox.Session) -> None:
    """Gather changes/ into CHANGELOG.md under a version, set it, build: `-s release -- 0.2.0`."""
    (version,) = session.posargs or session.error("which version? tools/check -s release -- 0.2.0")
    session.run("python", "tools/package.py", "--set-version", version)
    session.run("towncrier", "build", "--yes", "--version", version)
    session.run("python", "tools/package.py")
    session.log(f"review, then: git commit -am 'release: {version}' && git tag v{version} && git push --tags")


@nox.session
def coverage(session: nox.Session) -> None:
    """Measure which lines the tests run, child processes included, and write docs/reference/coverage.md."""
    session.run("python", "-m", "benchmarks.coverage", *session.posargs)


@nox.session(default=False)
def image(session: nox.Session) -> None:
    """Build the `tools` toolchain and bases of a snapshot in Docker from the Debian mirror: ten minutes, 1 GB."""
    files = ("test_tools.py", "test_snapshot.py")
    session.run("pytest", *(f"tests/integration/docker/{each}" for each in files), env={"SYGALDRY_TEST_IMAGE": "1"})


@nox.session(default=False)
def frameworks(session: nox.Session) -> None:
    """Validate with the oldest and the newest Torch and JAX of each Python, or of those named; downloads them."""
    session.run("python", "tools/frameworks.py", *session.posargs)


@nox.session
def lock(session: nox.Session) -> None:
    """Make the lock files anew from pyproject.toml."""
    common = ("uv", "pip", "compile", "-q", "--universal", "--generate-hashes", "--no-annotate", "--no-header")
    session.run(*common, "--python-version", "3.11", "pyproject.toml", "-o", "locks/run.txt")
    session.run(*common, "--python-version", "3.11", "pyproject.toml", "--group", "dev", "-o", "locks/dev.txt")
    extras = ("--extra", "web", "--extra", "mcp")
    session.run(*common, "--python-version", "3.11", "pyproject.toml", *extras, "-o", "locks/web.txt")


@nox.session
def reference(session: nox.Session) -> None:
    """Write the reference pages anew from the code."""
    session.run("python", "-m", "sygaldry.cli._reference", "docs/reference", env={"PYTHONPATH": "src"})


@nox.session
def format(session: nox.Session) -> None:  # noqa: A001 - the word people type
    """Format and fix what can be fixed."""
    session.run("ruff", "check", "--fix", ".")
    session.run("ruff", "format", ".")


def _shell_scripts() -> list[str]:
    files = (path for folder in SHELL_FOLDERS for path in sorted(Path(folder).rglob("*")) if path.is_file())
    return [str(path) for path in files if path.suffix in (".sh", ".rc") or _has_shell_shebang(path)]


def _has_shell_shebang(path: Path) -> bool:
    with path.open("rb") as file:
        first = file.readline(80)
    return first.startswith(b"#!") and (b"sh" in first) and b"python" not in first
