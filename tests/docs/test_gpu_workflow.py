"""The workflow for a forge with a GPU runner: its commands are ours, and strangers' code does not reach our machine."""

import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
# YAML 1.1 reads the key `on` as true.
WORKFLOW: dict[Any, Any] = yaml.safe_load((ROOT / ".github" / "workflows" / "gpu.yml").read_text())
JOBS: dict[str, Any] = WORKFLOW["jobs"]
COMMANDS = [step["run"] for job in JOBS.values() for step in job["steps"] if "run" in step]
OURS = [each for each in COMMANDS if each.startswith(("tools/", "./container/"))]


def test_every_kind_of_command_is_looked_at() -> None:
    assert {each.split()[0] for each in OURS} == {
        "tools/sygaldry", "tools/gpu_proof", "./container/launch_container.sh",
    }  # fmt: skip


@pytest.mark.parametrize("command", OURS)
def test_a_command_exists_and_takes_its_options(command: str) -> None:
    """Each word that begins with dashes must stand in the help of the command that gets it."""
    words = shlex.split(command.partition("&&")[0])
    verb = [words[0], *[word for word in words[1:3] if not word.startswith("-")]]
    if "--" in words:  # what follows belongs to the entrypoint, which hands it to `gpu validate`
        verb = ["tools/sygaldry", "gpu", "validate"]
        words = words[words.index("--") + 1 :]
    answer = subprocess.run([*verb, "--help"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert answer.returncode == 0, answer.stderr
    for option in (word for word in words if word.startswith("--")):
        assert option in answer.stdout, f"{' '.join(verb)} knows no {option}"


def test_the_machine_with_a_gpu_runs_only_what_a_maintainer_has_just_labelled() -> None:
    assert WORKFLOW[True]["pull_request"]["types"] == ["labeled"]
    for job in JOBS.values():
        if "self-hosted" in job["runs-on"]:
            assert job["if"] == "github.event_name == 'workflow_dispatch' || github.event.label.name == 'gpu'"


def test_no_job_keeps_the_forges_token_or_may_write() -> None:
    assert WORKFLOW["permissions"] == {"contents": "read"}
    for job in JOBS.values():
        (checkout,) = [step for step in job["steps"] if step.get("uses", "").startswith("actions/checkout")]
        assert checkout["with"]["persist-credentials"] is False
