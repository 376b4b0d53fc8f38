"""Start-up is felt a thousand times a day: what a launch must not import."""

import subprocess
from pathlib import Path

import pytest
from tests.integration.conftest import CHECKOUT, World

pytestmark = pytest.mark.sandbox

_DEAR = (
    "dataclasses",
    "inspect",
    "typing",
    "pathlib",
    "subprocess",
    "argparse",
    "json",
    "re",
    "enum",
    "socket",
    "rich",
)


def test_a_launch_imports_nothing_dear(sandbox: World, tmp_path: Path) -> None:
    assert sandbox.run("-q", "--", "true").returncode == 0
    venv = CHECKOUT / ".venv"
    program = tmp_path / "told.py"
    program.write_text(
        f"import sys\nsys.path[:0] = [{str(CHECKOUT / 'src')!r}]\n"
        f"sys.path += [str(p) for p in {[str(p) for p in venv.glob('lib/python*/site-packages')]!r}]\n"
        "from sygaldry.cli._main import main\n"
        "code = main(['launch', '-q', '--', 'true'])\n"
        f"print(*[name for name in {_DEAR!r} if name in sys.modules])\nsys.exit(code)\n"
    )
    argv = [str(venv / "bin" / "python"), "-I", "-S", str(program)]
    done = subprocess.run(argv, capture_output=True, text=True, env=sandbox.environment(), check=False)
    assert (done.stdout, done.returncode) == ("\n", 0), done.stderr
