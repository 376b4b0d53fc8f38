"""The command that builds, and the parsers of the engine's output."""

import pytest

from sygaldry.image.builder import BUILDKIT, LEGACY, PODMAN, builder_of, dockerfile_for
from sygaldry.image.command import (
    Build,
    build_command,
    created_layers,
    failure_cause,
    script_messages,
    started_containers,
)
from sygaldry.image.key import key
from sygaldry.image.recipe import Recipe
from sygaldry.model.command import Command, Completed
from sygaldry.model.errors import MachineNotReadyError

RECIPE = Recipe({"BASE_IMAGE": "b:1", "TOOLCHAINS": "tools uv"}, {"f": "1"}, "b:1", "ab12" * 16)
BUILD = Build("77aa", BUILDKIT, {"ca": "/etc/ca.crt", "mirror": "/c/mirror"})

# Docker 20.10.24's legacy builder on this project's Dockerfile, 2026-11-28, shortened.
OUTPUT = """\
Sending build context to Docker daemon  281.1kB
Step 2/52 : FROM ${BASE_IMAGE}
 ---> 78de988aba31
Step 5/52 : COPY image/step.sh image/base.sh /opt/sygaldry-image/
 ---> Using cache
 ---> 467886d3810c
Step 6/52 : RUN ["/bin/bash", "/opt/sygaldry-image/step.sh", "bazel"]
 ---> Running in ddcb29b83b2f
\x1b[91msygaldry: installing bazel
sygaldry: bazel 7.1.0 is not pinned in container/artifacts.json (pinned: 6.4.0)
  hint: add its url and sha256 there, under bazel, 7.1.0 and x86_64
sygaldry: failed in line 46
Removing intermediate container ddcb29b83b2f
 ---> 5f2b3c4d5e6f
The command '/bin/bash /opt/sygaldry-image/step.sh bazel' returned a non-zero code: 1
""".splitlines()


def test_the_whole_command() -> None:
    command = build_command(
        "docker", "n:1", RECIPE, "/c x", BUILD, caller={"HOME": "/h", "https_proxy": "http://u:p@x"}
    )
    labels = [word for word in command.argv if word.startswith("--label=")]
    switches = [word for word in command.argv if word.startswith("--build-arg=WITH_")]
    assert [word for word in command.argv if word not in (*labels, *switches)] == [
        "env", "DOCKER_BUILDKIT=1", "docker", "build", "--progress=plain",
        "--secret=id=ca,src=/etc/ca.crt", "--secret=id=mirror,src=/c/mirror",
        "--tag", "n:1", "--file", "/c x/dev_container.dockerfile",
        "--build-arg=BASE_IMAGE=b:1", "--build-arg=SOURCE_DATE_EPOCH=1735689600", "--build-arg=https_proxy", "/c x",
    ]  # fmt: skip
    assert {word for word in switches if word.endswith("=yes")} == {
        "--build-arg=WITH_BASE=yes", "--build-arg=WITH_TOOLS=yes", "--build-arg=WITH_UV=yes"
    }  # fmt: skip
    assert f"--label=dev.sygaldry.key={key(RECIPE)}" in labels
    assert "--label=dev.sygaldry.build=77aa" in labels


def test_the_legacy_builder_marks_its_containers_and_gets_its_settings_from_the_host() -> None:
    build = Build("77aa", LEGACY, settings_host="sygaldry-settings-8080:127.20.2.2", host_network=True, no_cache=True)
    argv = build_command("docker", "n:1", RECIPE, "/c", build).argv
    assert argv[:8] == (
        "env", "DOCKER_BUILDKIT=0", "docker", "build", "--force-rm",
        "--add-host=sygaldry-build-77aa:127.0.0.1", "--add-host=sygaldry-settings-8080:127.20.2.2", "--no-cache",
    )  # fmt: skip
    assert "--network=host" in argv


def test_podman_gets_secrets_and_no_variable_of_docker() -> None:
    argv = build_command("podman", "n:1", RECIPE, "/c", Build("1", PODMAN, {"ca": "/ca"})).argv
    assert argv[:5] == ("podman", "build", "--force-rm", "--timestamp=1735689600", "--secret=id=ca,src=/ca")


def test_a_proxy_on_loopback_is_the_hosts() -> None:
    near = build_command("docker", "n:1", RECIPE, "/c", BUILD, caller={"http_proxy": "http://127.0.0.1:8000"})
    assert "--network=host" in near.argv
    far = build_command("docker", "n:1", RECIPE, "/c", BUILD, caller={"http_proxy": "https://proxy.example"})
    assert "--network=host" not in far.argv


def test_the_last_message_of_our_scripts_is_the_cause() -> None:
    assert failure_cause(OUTPUT) == (
        "bazel 7.1.0 is not pinned in container/artifacts.json (pinned: 6.4.0)",
        "add its url and sha256 there, under bazel, 7.1.0 and x86_64",
    )


@pytest.mark.parametrize(
    ("lines", "cause"),
    [
        (["Step 1/2 : FROM x", "something else", ""], "something else"),
        (["write /x: no space left on device", "sygaldry: failed in line 3"], "write /x: no space left on device"),
        (["E: Unable to locate package a", "returned a non-zero code: 100"], "E: Unable to locate package a"),
        ([], ""),
    ],
)  # fmt: skip
def test_else_the_error_of_the_engine_counts_more_than_its_last_line(lines: list[str], cause: str) -> None:
    assert failure_cause(lines)[0] == cause


def test_messages_are_found_in_the_output_of_both_builders() -> None:
    assert script_messages(["#9 1.234 sygaldry: installing uv", "sygaldry: installing go", "E: other"]) == (
        "installing uv",
        "installing go",
    )
    assert script_messages(["\x1b[91msygaldry: installing tools\x1b[0m"]) == ("installing tools",)


def test_only_what_a_build_created_itself_is_its_own() -> None:
    assert started_containers(OUTPUT) == ("ddcb29b83b2f",)
    assert created_layers(OUTPUT) == ("78de988aba31", "5f2b3c4d5e6f")
    assert started_containers([" ---> Running in ddcb29b83b2f; rm", "x ---> Running in ddcb29b83b2f"]) == ()


def test_the_dockerfile_mounts_secrets_except_for_the_legacy_builder() -> None:
    text = 'RUN ["/bin/bash", "x"]\nENV A=RUN\n'
    assert dockerfile_for(LEGACY, text) == text
    mounts = " ".join(
        f"--mount=type=secret,id={each},target=/dev/sygaldry/{each}" for each in ("ca", "mirror", "pip_index")
    )
    assert dockerfile_for(BUILDKIT, text) == f'RUN {mounts} ["/bin/bash", "x"]\nENV A=RUN\n'


def test_the_builder_follows_from_the_plugin_the_client_and_the_caller() -> None:
    probe = Command(("docker",))
    missing, there = Completed(probe, 1, err="docker: unknown command: docker buildx"), Completed(probe, 0, "v0.13.1\n")
    old, new = Completed(probe, 0, "20.10.24+dfsg1\n"), Completed(probe, 0, "28.2.2\n")
    assert builder_of("docker", there, new, {}) == BUILDKIT
    assert builder_of("docker", missing, old, {}) == BUILDKIT
    assert builder_of("docker", missing, new, {}) == LEGACY
    assert builder_of("docker", there, new, {"DOCKER_BUILDKIT": "0"}) == LEGACY
    assert builder_of("podman", missing, new, {}) == PODMAN
    with pytest.raises(MachineNotReadyError, match="no buildx plugin") as caught:
        builder_of("docker", missing, new, {"DOCKER_BUILDKIT": "1"})
    assert "docker-buildx" in caught.value.hint
