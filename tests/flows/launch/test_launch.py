"""A launch is a plan first: what it would do can be looked at without doing it."""

from pathlib import Path

import pytest

from sygaldry.config.resolve import Layer, Resolved, resolve
from sygaldry.flows.launch.plan import plan_launch, plan_report
from sygaldry.flows.launch.request import Request
from sygaldry.model.errors import RuntimeMissingError, StorageError, TrustError, UsageError
from sygaldry.model.machine import Machine

MACHINE = Machine(1000, 1000, programs={"bwrap": "/v/bwrap"})


def request_for(tmp_path: Path, **values: object) -> Request:
    workspace = tmp_path / "work"
    workspace.mkdir(exist_ok=True)
    told = {"storage_root": str(tmp_path / "root"), "runtime": "sandbox", **values}
    resolved: Resolved = resolve(Layer(told, dict.fromkeys(told, "test")))
    return Request(resolved, str(workspace), ("echo", "a b"))


def test_a_plan_changes_nothing(tmp_path: Path) -> None:
    report = plan_report(plan_launch(request_for(tmp_path), MACHINE))
    assert not (tmp_path / "root").exists()
    assert report.data["project"] == "work"
    assert report.lines[0].endswith("default.sh echo 'a b' 9>/dev/null")
    assert "storage init" in report.lines[0], "storage that is missing is made first"


def test_the_workspaces_own_entrypoint_wins(tmp_path: Path) -> None:
    folder = tmp_path / "work" / "container" / "entrypoints"
    folder.mkdir(parents=True)
    (folder / "default.sh").write_text("# mine\n")
    (folder / "train.sh").write_text("#!/bin/bash\n# Train the model\n")
    with pytest.raises(TrustError):
        plan_launch(request_for(tmp_path), MACHINE)
    plan = plan_launch(request_for(tmp_path, trust_workspace=True), MACHINE)
    assert plan.entrypoint.path == "/workspace/container/entrypoints/default.sh"
    for name in ("train", "train.sh"):
        plan = plan_launch(request_for(tmp_path, entrypoint=name), MACHINE)
        assert (plan.entrypoint.path, plan.entrypoint.origin) == (
            "/workspace/container/entrypoints/train.sh",
            "workspace",
        )


def test_a_typo_is_told_before_storage_or_engines_are_looked_at(tmp_path: Path) -> None:
    request = request_for(tmp_path, entrypoint="defautl", storage_root="/proc/no/such", runtime="docker")
    with pytest.raises(UsageError) as caught:
        plan_launch(request, MACHINE)
    assert "'default'" in caught.value.hint


def test_a_runtime_asked_for_by_name_is_never_replaced(tmp_path: Path) -> None:
    with pytest.raises(RuntimeMissingError, match="docker cannot run here: no docker client is installed"):
        plan_launch(request_for(tmp_path, runtime="docker"), MACHINE)


def test_auto_says_why_it_passed_over_the_others(tmp_path: Path) -> None:
    plan = plan_launch(request_for(tmp_path, runtime="auto"), MACHINE)
    assert plan.runtime.name == "sandbox"
    assert "runtime sandbox (docker: no docker client is installed; podman: " in plan.notes[0]


def test_with_nothing_at_all_every_reason_is_told(tmp_path: Path) -> None:
    with pytest.raises(RuntimeMissingError) as caught:
        plan_launch(request_for(tmp_path, runtime="auto"), Machine(1000, 1000))
    assert all(name in caught.value.problem for name in ("docker", "podman", "apptainer", "sandbox"))


def test_a_file_in_the_way_of_the_project_is_told(tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "work").mkdir()
    (tmp_path / "root" / "work" / ".sygaldry").mkdir()
    (tmp_path / "root" / "work" / ".sygaldry" / "project").mkdir()
    with pytest.raises(StorageError):
        plan_launch(request_for(tmp_path), MACHINE)


def test_a_workspaces_name_becomes_an_id_whatever_it_is(tmp_path: Path) -> None:
    for name, project in (("My Project", "My-Project"), ("..hidden", "hidden"), ("ü", "project"), ("a..b", "a.b")):
        workspace = tmp_path / name
        workspace.mkdir()
        request = Request(request_for(tmp_path).resolved, str(workspace))
        assert plan_launch(request, MACHINE).found.storage.project == project


def test_the_hosts_toolchain_takes_the_place_of_an_image_only_with_a_warning(tmp_path: Path) -> None:
    """Quiet callers see warnings alone: one who chose the sandbox needs none."""
    warning = "warning: the host's toolchain is used, not an image's (--runtime sandbox accepts that): runtime sandbox"
    automatic = plan_launch(request_for(tmp_path, runtime="auto"), MACHINE).notes
    assert [note for note in automatic if note.startswith(warning)] == [automatic[0]]
    assert "docker: no docker client is installed" in automatic[0]
    chosen = plan_launch(request_for(tmp_path), MACHINE).notes
    assert chosen[0] == "the sandbox has the host's toolchain, not the image's"
    assert not [note for note in chosen if note.startswith(warning)]
    over_a_root = plan_launch(request_for(tmp_path, runtime="auto", rootfs=str(tmp_path)), MACHINE).notes
    assert not [note for note in over_a_root if note.startswith(warning)]
