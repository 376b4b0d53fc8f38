"""Builds, rebuilds and removals leave the containers and images of other people alone."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.integration.conftest import World
from tests.integration.docker.conftest import Engine, docker

pytestmark = pytest.mark.docker
_SLEEP = ("sleep", "600")


def derived(name: str, base: str, folder: Path, *lines: str) -> None:
    """Build an image FROM another one, as a stranger would."""
    folder.mkdir(exist_ok=True)
    (folder / "Dockerfile").write_text("\n".join((f"FROM {base}", *lines)) + "\n")
    environment = {"DOCKER_BUILDKIT": "0", "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(folder)}
    words = ["docker", "build", "--tag", name, str(folder)]
    subprocess.run(words, capture_output=True, env=environment, check=True, timeout=120)


@pytest.fixture
def bystanders(own_image: World, engine: Engine, tmp_path: Path) -> Iterator[dict[str, str]]:
    """Start five kinds of containers that no build started: name -> id."""
    ours, mark = own_image.variables["SYGALDRY_IMAGE"], f"{os.getpid()}-{tmp_path.name.strip('_-').lower()}"
    assert own_image.sygaldry("image", "build").returncode == 0
    strangers = f"strangers/{mark}:1"
    derived(strangers, ours, tmp_path / "derived")
    labels = docker("inspect", "--format", "{{json .Config.Labels}}", ours).stdout
    kinds = {
        "base": (engine.base,),
        "ours": (ours,),
        "derived": (strangers,),
        "labelled": ("--label", f"dev.sygaldry.name={ours}", engine.base),
        "build-like": ("--add-host", "sygaldry-build-feed:127.0.0.1", ours),
    }
    assert "dev.sygaldry.name" in labels
    made = {
        kind: docker("run", "--detach", "--name", f"{mark}-{kind}", *words, *_SLEEP).stdout.strip()
        for kind, words in kinds.items()
    }
    yield {f"{mark}-{kind}": identity for kind, identity in made.items()} | {"image": strangers}
    docker("rm", "--force", *made.values())
    docker("rmi", "--force", strangers)


def running(containers: dict[str, str]) -> set[str]:
    names = docker("ps", "--format", "{{.Names}}").stdout.split()
    return set(names) & set(containers)


def test_five_kinds_of_containers_live_through_build_rebuild_failure_and_removal(
    own_image: World, bystanders: dict[str, str]
) -> None:
    image = bystanders.pop("image")
    everyone = set(bystanders)
    assert running(bystanders) == everyone
    for words, more in (
        (("image", "build", "--force"), {}),
        (("image", "build"), {"PYTHON_VERSION": "3.12"}),
        (("image", "build", "--force"), {"SYGALDRY_TOOLCHAINS": "python", "PYTHON_VERSION": "3.99"}),
        (("storage", "gc", "--apply", "--yes"), {}),
        (("job", "prune"), {}),
        (("image", "rm"), {}),
        (("image", "build"), {}),
    ):
        own_image.sygaldry(*words, **more)
        assert running(bystanders) == everyone, words
    assert docker("image", "inspect", image).returncode == 0


def test_an_image_built_on_ours_is_not_removed(own_image: World, bystanders: dict[str, str]) -> None:
    done = own_image.sygaldry("image", "rm", bystanders["image"])
    assert done.returncode == 1
    assert "is not removed" in done.stderr
    assert docker("image", "inspect", bystanders["image"]).returncode == 0


def test_a_forged_log_of_a_killed_build_removes_no_container(own_image: World, bystanders: dict[str, str]) -> None:
    logs = own_image.root / "build_logs"
    victim = bystanders[next(name for name in bystanders if name.endswith("-ours"))][:12]
    (logs / "20200101-000000-1.log").write_text(f" ---> Running in {victim}\n")
    marker = logs / "20200101-000000-1.log.build"
    marker.write_text('{"engine": "docker", "build": "feed", "builder": "legacy"}')
    assert own_image.sygaldry("image", "build", "--force").returncode == 0
    assert running(bystanders) == {name for name in bystanders if name != "image"}
    assert not marker.exists()


def test_two_storage_roots_build_one_name_together(own_image: World, tmp_path: Path) -> None:
    other = World(tmp_path / "other", own_image.variables)
    both = [
        subprocess.Popen(
            [str(Path(__file__).parents[3] / "tools" / "sygaldry"), "image", "build"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=world.environment(),
        )
        for world in (own_image, other)
    ]
    ended = [(*process.communicate(timeout=120), process.returncode) for process in both]
    assert [code for _, _, code in ended] == [0, 0], ended
    built = sum("building" in err for _, err, _ in ended)
    waited = sum("waiting for another build" in err for _, err, _ in ended)
    assert (built, waited) in ((1, 1), (1, 0)), ended
