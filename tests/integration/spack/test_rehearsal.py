"""The whole real stack, with Spack pretending each build (its own --fake): order, count, view and verdicts are real.

On a machine that is shown as the image's Ubuntu, with a store mounted where the lock has it. Hours become a minute.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.integration.conftest import CHECKOUT
from tests.integration.spack.conftest import World

STORE = Path("/opt/spack_store")
PRETENDING = """\
#!{python}
# Spack, but what it installs is pretended.
import os, sys
words = sys.argv[1:]
if "install" in words:
    words.insert(words.index("install") + 1, "--fake")
os.execv("{python}", ["{python}", "{real}", *words])
"""
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def run(given: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """Run `sygaldry env WORDS` on a copy of pkg/zephyr as the image would."""
    if os.getuid() != 0:
        pytest.skip("a store at /opt/spack_store, of this test's own, needs root")
    folder = tmp_path_factory.mktemp("rehearsal")
    shutil.copytree(given.spack, folder / "spack", symlinks=True)
    (folder / "spack" / "bin" / "spack").rename(folder / "spack" / "bin" / "spack.real")
    pretending = folder / "spack" / "bin" / "spack"
    pretending.write_text(PRETENDING.format(python=given.python, real=f"{pretending}.real"))
    pretending.chmod(0o755)
    environment = folder / "zephyr"
    shutil.copytree(CHECKOUT / "pkg" / "zephyr", environment, ignore=shutil.ignore_patterns("spack.yaml", ".spack-env"))
    (folder / "store" / "cache").mkdir(parents=True)
    if given.seed.is_dir():
        shutil.copytree(given.seed, folder / "store" / "cache" / "misc")
    variables = given.variables | {"SYGALDRY_SPACK_ROOT": str(folder / "spack"), "SYGALDRY_SPACK_STORE": str(STORE)}
    made = not STORE.exists()
    STORE.mkdir(exist_ok=True)
    mounted = f'mount --bind {folder / "store"} {STORE} && exec "$@"'

    def env(*words: str) -> "subprocess.CompletedProcess[str]":
        ours = [str(CHECKOUT / "tools" / "as_ubuntu.py"), *given.argv, *words]
        return subprocess.run(
            ["unshare", "--mount", "sh", "-c", mounted, "sh", *ours],
            env=variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=1200,
            check=False,
        )

    yield lambda verb, *words: env(verb, str(environment), *words)
    if made:
        STORE.rmdir()


def test_the_whole_real_lock_is_installed_and_in_sync_and_a_second_build_has_nothing_to_do(run: Run) -> None:
    planned = json.loads(run("build", "--dry-run", "--anyway", "--json").stdout)["data"]
    built = run("build", "--anyway", "--no-cache")
    assert built.returncode == 0, built.stderr[-2000:]
    count = len(planned["to_build"])
    assert f"{count} built, 0 from caches, 0 already there, 0 failed, 0 skipped" in built.stdout
    status = json.loads(run("status", "--json").stdout)["data"]
    assert {name: part["state"] for name, part in status["parts"].items()} == dict.fromkeys(
        ("source", "lock", "spack", "recipes", "store", "view"), "ok"
    )
    again = run("build", "--anyway")
    assert again.returncode == 0, again.stderr[-2000:]
    assert again.stdout.startswith("zephyr: 0 built, 0 from caches, "), again.stdout
    assert again.stdout.endswith(" already there, 0 failed, 0 skipped\n")
