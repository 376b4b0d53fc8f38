"""Validate at level 0 with the oldest and the newest Torch and JAX that each Python has: frameworks.py [PYTHON…].

Without arguments, every python3.11 to python3.14 on PATH that runs. JAX 0.11 needs Python 3.12. The builds come from
pip as it is configured here; PIP_INDEX_URL=https://download.pytorch.org/whl/cpu with PIP_EXTRA_INDEX_URL of PyPI
brings Torch's CPU builds. Each environment must pass, must fail with references that are one percent off, and a CPU
build must fail where CUDA is promised. An environment is removed before the next one is made.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from shutil import which

SYGALDRY = str(Path(__file__).parent / "sygaldry")
PYTHONS = ("python3.11", "python3.12", "python3.13", "python3.14")
OLDEST = {"3.11": ("torch==2.8.*", "jax==0.10.*"), "3.12": ("torch==2.8.*", "jax==0.11.*")}
LATER = ("torch==2.10.*", "jax==0.11.*")  # for the Pythons after those
NEWEST = ("torch", "jax")
PASSED, WRONG = 0, 1
VERSION = "import sys; print('%d.%d' % sys.version_info[:2])"
BUILDS = "import torch, jax; print('torch', torch.__version__, 'CUDA', torch.version.cuda, 'jax', jax.__version__)"


def main(pythons: list[str]) -> int:
    """Validate each environment; returns 1 if one gave a wrong verdict."""
    wrong = [
        f"{python} with {' '.join(specs)}"
        for python in pythons or found()
        for specs in (OLDEST.get(answer(python, VERSION), LATER), NEWEST)
        if not validated(python, specs)
    ]
    print(f"wrong verdicts: {', '.join(wrong)}" if wrong else "every environment was judged rightly")
    return 1 if wrong else 0


def found() -> Iterator[str]:
    """Name the Pythons on PATH that run; a shim of pyenv may lead nowhere."""
    for name in PYTHONS:
        if which(name) and subprocess.run([name, "-c", "pass"], capture_output=True, check=False).returncode == 0:
            yield name


def answer(python: str, program: str) -> str:
    """Run a line of Python; returns what it printed."""
    return subprocess.run([python, "-c", program], capture_output=True, text=True, check=True).stdout.strip()


def validated(python: str, specs: tuple[str, str]) -> bool:
    """Make the environment and hold the three verdicts against what they must be."""
    with tempfile.TemporaryDirectory(prefix="sygaldry-frameworks-") as place:
        inside = str(Path(place, "bin", "python"))
        subprocess.run([python, "-m", "venv", place], check=True)
        subprocess.run([inside, "-m", "pip", "install", "--quiet", "numpy", *specs], check=True)
        print(f"Python {answer(python, VERSION)}: {answer(inside, BUILDS)}", flush=True)
        asked = {
            ("--expect", "cpu"): PASSED,
            ("--expect", "cpu", "--self-test"): WRONG,
            ("--expect", "cuda"): WRONG,  # JAX is a CPU build in any case
        }
        verdicts = [verdict(inside, words) == wanted for words, wanted in asked.items()]
    return all(verdicts)


def verdict(python: str, words: tuple[str, ...]) -> int:
    """Run one validation; returns its exit code."""
    argv = [SYGALDRY, "gpu", "validate", "--level", "0", "--python", python, *words]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines() or done.stderr.splitlines() or [""]
    print(f"  {' '.join(words):28} exit {done.returncode}  {lines[0]}", flush=True)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
