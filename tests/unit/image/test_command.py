"""The words that build, and what the engine's output means."""

from sygaldry.image.command import build_command, cause, containers, dangling_layers, script_messages
from sygaldry.image.key import key
from sygaldry.image.recipe import Recipe

RECIPE = Recipe({"BASE_IMAGE": "b:1", "TOOLCHAINS": "uv"}, {"f": "1"}, "b:1", "ab12" * 16)

# Docker 20.10.24's builder on this project's Dockerfile, 2026-11-22, shortened.
OUTPUT = """\
Sending build context to Docker daemon  281.1kB
Step 2/12 : FROM ${BASE_IMAGE}
 ---> 78de988aba31
Step 8/12 : COPY image artifacts.json /opt/sygaldry-image/
 ---> 467886d3810c
Step 9/12 : RUN ["/bin/bash", "/opt/sygaldry-image/install.sh"]
 ---> Running in ddcb29b83b2f
\x1b[91msygaldry: installing tools
sygaldry: installing bazel
sygaldry: bazel 7.1.0 is not pinned in container/artifacts.json (pinned: 6.4.0)
  hint: add its url and sha256 there, under bazel, 7.1.0 and x86_64
sygaldry: failed in line 46
The command '/bin/bash /opt/sygaldry-image/install.sh' returned a non-zero code: 1
""".splitlines()


def test_the_whole_command() -> None:
    command = build_command(
        "docker", "n:1", RECIPE, "/c x", mirror="http://m", caller={"HOME": "/h", "https_proxy": "http://u:p@x"}
    )
    labels = [word for word in command.argv if word.startswith("--label=")]
    assert [word for word in command.argv if word not in labels] == [
        "docker", "build", "--force-rm", "--tag", "n:1", "--file", "/c x/dev_container.dockerfile",
        "--build-arg=IMAGE_NAME=n:1", "--build-arg=BASE_IMAGE=b:1", "--build-arg=TOOLCHAINS=uv", "--build-arg=ARTIFACT_MIRROR=http://m",
        "--build-arg=https_proxy", "/c x",
    ]  # fmt: skip
    assert f"--label=dev.sygaldry.key={key(RECIPE)}" in labels


def test_a_package_index_is_passed_by_name_unless_it_holds_a_password() -> None:
    plain = build_command("docker", "n:1", RECIPE, "/c", caller={"PIP_INDEX_URL": "https://mirror.example/simple"})
    assert "--build-arg=PIP_INDEX_URL" in plain.argv
    secret = build_command(
        "docker", "n:1", RECIPE, "/c", caller={"PIP_INDEX_URL": "https://me:pass@mirror.example/simple"}
    )
    assert "PIP_INDEX_URL" not in " ".join(secret.argv)


def test_a_mirror_on_loopback_is_the_hosts() -> None:
    near = build_command("docker", "n:1", RECIPE, "/c", mirror="http://127.0.0.1:8000")
    assert "--network=host" in near.argv
    assert "--network=host" not in build_command("docker", "n:1", RECIPE, "/c", mirror="https://mirror.example").argv


def test_our_scripts_last_words_are_the_cause() -> None:
    assert cause(OUTPUT) == (
        "bazel 7.1.0 is not pinned in container/artifacts.json (pinned: 6.4.0)",
        "add its url and sha256 there, under bazel, 7.1.0 and x86_64",
    )


def test_without_them_it_is_the_engines_last_line() -> None:
    assert cause(["Step 1/2 : FROM x", "no space left on device", ""]) == ("no space left on device", "")
    assert cause([]) == ("", "")


def test_steps_are_heard_from_both_builders() -> None:
    assert script_messages(["#9 1.234 sygaldry: installing uv", "sygaldry: installing go", "E: other"]) == (
        "installing uv",
        "installing go",
    )


def test_colour_does_not_hide_them() -> None:
    assert script_messages(["\x1b[91msygaldry: installing tools\x1b[0m"]) == ("installing tools",)


def test_what_a_build_left_is_asked_for_by_its_label() -> None:
    assert containers("docker", "n:1").shown() == "docker ps --all --quiet --filter label=dev.sygaldry.name=n:1"
    assert containers("docker", "n:1", launched=True).argv[-2:] == ("--filter", "label=dev.sygaldry.project")
    assert dangling_layers("podman", "n:1").shown() == (
        "podman images --quiet --filter dangling=true --filter label=dev.sygaldry.name=n:1"
    )
