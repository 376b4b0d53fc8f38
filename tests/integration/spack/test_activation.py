"""Entering and leaving an environment in a real bash."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from .conftest import ROOT, World, mounted

pytestmark = pytest.mark.spack


def bash(world: World, text: str) -> str:
    """Run a script in a bash that has sourced container/spack.sh, with the container's own commands on PATH."""
    container = ROOT / "container"
    variables = {name: each for name, each in world.variables.items() if name != "PYTHONPATH"}
    variables["PATH"] = f"{container}/bin:{variables['PATH']}"
    variables["KEPT_PATH"] = "/mine"
    script = f"set -euo pipefail\n. {container}/spack.sh\ncd {world.folder}\n{text}"
    done = subprocess.run(["bash", "-c", script], env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done
    return done.stdout


def test_entering_and_leaving_an_environment(world: World) -> None:
    assert world.run("build", str(world.environment)).code == 0
    assert bash(world, "spack-env-activate tiny; tiny-tool; echo $SPACK_ENV") == f"42 hello\n{world.environment}\n"
    # What was changed in between stays; what the environment brought goes.
    said = bash(
        world,
        "before=$(env | grep -v ^_= | sort); spack-env-activate tiny; PATH=/added:$PATH; spack-env-deactivate\n"
        'PATH=${PATH#/added:}; after=$(env | grep -v ^_= | sort); [ "$before" = "$after" ] && echo same',
    )
    assert said == "same\n"
    said = bash(
        world, "export SPACK_ENV_VIEW=mine; spack-env-activate tiny; spack-env-deactivate; echo $SPACK_ENV_VIEW"
    )
    assert said == "mine\n"
    # As a program it cannot change its parent, so it runs what is to run inside.
    assert bash(world, "command spack-env-activate tiny -- tiny-tool") == "42 hello\n"

    (script,) = (world.store / ".sygaldry" / "activation").iterdir()
    stamp = script.stat().st_mtime_ns
    bash(world, "spack-env-activate tiny")
    assert script.stat().st_mtime_ns == stamp
    view = world.store / "views" / "tiny"
    target = view.readlink()
    view.unlink()
    view.symlink_to(target)
    bash(world, "spack-env-activate tiny; tiny-tool")
    assert script.stat().st_mtime_ns != stamp


def test_an_environment_that_is_not_built_is_said_to_be(world: World) -> None:
    said = bash(world, "spack-env-activate tiny 2>&1 || echo code $?")
    assert "tiny is not built yet" in said
    assert "sygaldry env build" in said
    assert said.endswith("code 3\n")
    assert (
        bash(world, "spack-env-activate --if-built tiny; spack-env-activate --if-built nowhere; echo fine") == "fine\n"
    )


def test_the_function_and_the_program_say_where_there_is_no_environment(tmp_path: Path, world: World) -> None:
    assert "there is no Spack environment in nowhere" in bash(world, "spack-env-activate nowhere 2>&1 || :")
    assert "usage" in bash(world, "spack-env-activate --help")
    assert not list(tmp_path.glob("**/activation"))


def test_a_store_that_cannot_be_written_is_entered_through_a_cache_of_ones_own(world: World, tmp_path: Path) -> None:
    with mounted(world.store, "64m"):
        world.bring_index()
        assert world.run("build", str(world.environment), "--anyway").code == 0
        subprocess.run(["mount", "-o", "remount,ro", str(world.store)], check=True)
        said = bash(
            world,
            f"export XDG_CACHE_HOME={tmp_path}/own; spack-env-activate tiny; tiny-tool; echo $SPACK_ENV_SCRIPT\n"
            "spack-env-deactivate; sygaldry() { echo asked again; return 1; }; spack-env-activate tiny; tiny-tool",
        )
    script = next((tmp_path / "own" / "sygaldry" / "activation").iterdir())
    assert said == f"42 hello\n{script}\n42 hello\n"


def test_the_users_own_python_without_yaml_changes_nothing(world: World, tmp_path: Path) -> None:
    """After `uv-install`, the first python3 on PATH is that of a virtual environment without PyYAML."""
    assert world.run("build", str(world.environment)).code == 0
    subprocess.run(["python3", "-m", "venv", "--without-pip", tmp_path / "own"], check=True)
    own = f"{tmp_path}/own/bin"
    lacking = subprocess.run([f"{own}/python3", "-c", "import yaml"], capture_output=True, text=True, check=False)
    assert "ModuleNotFoundError" in lacking.stderr
    assert bash(world, f"PATH={own}:$PATH; spack-env-activate tiny; tiny-tool") == "42 hello\n"
