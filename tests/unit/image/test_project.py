"""The build of a project's own Dockerfile."""

from sygaldry.image.builder import BUILDKIT, LEGACY, PODMAN
from sygaldry.image.project import project_command, project_key
from sygaldry.model.devcontainer import DevcontainerBuild
from sygaldry.model.value import replace

_BUILD = DevcontainerBuild("sygaldry-devcontainer/app-0:latest", "/app/Dockerfile", "/app", {"A": "b c"}, "dev")


def test_the_command_of_each_builder() -> None:
    common = (
        "--tag", "sygaldry-devcontainer/app-0:latest",
        "--file", "/app/Dockerfile",
        "--label=dev.sygaldry.devcontainer=KEY",
        "--build-arg=A=b c",
        "--build-arg=https_proxy",
        "--target", "dev",
        "/app",
    )  # fmt: skip
    caller = {"https_proxy": "http://user:secret@proxy", "HOME": "/root"}
    assert project_command("docker", BUILDKIT, _BUILD, "KEY", caller).argv == (
        "env", "DOCKER_BUILDKIT=1", "docker", "build", "--progress=plain", *common,
    )  # fmt: skip
    legacy = project_command("docker", LEGACY, _BUILD, "KEY", caller).argv
    assert legacy == ("env", "DOCKER_BUILDKIT=0", "docker", "build", "--force-rm", *common)
    assert project_command("podman", PODMAN, _BUILD, "KEY", caller).argv == ("podman", "build", "--force-rm", *common)


def test_the_key_is_the_content() -> None:
    key = project_key(_BUILD, b"FROM x", {"a": b"1", "b": b"2"})
    assert project_key(_BUILD, b"FROM x", {"b": b"2", "a": b"1"}) == key
    changed = {
        project_key(_BUILD, b"FROM y", {"a": b"1", "b": b"2"}),
        project_key(_BUILD, b"FROM x", {"a": b"1", "b": b"3"}),
        project_key(_BUILD, b"FROM x", {"a": b"1", "c": b"2"}),
        project_key(replace(_BUILD, arguments={}), b"FROM x", {"a": b"1", "b": b"2"}),
        project_key(replace(_BUILD, target=""), b"FROM x", {"a": b"1", "b": b"2"}),
    }
    assert len(changed | {key}) == 6
