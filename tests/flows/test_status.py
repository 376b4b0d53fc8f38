"""The summary of a workspace says what exists and what to type next."""

from pathlib import Path

from sygaldry.config.resolve import Layer, resolve
from sygaldry.flows.running.record import RunningEnvironment, save_record
from sygaldry.flows.status import status
from sygaldry.flows.storage.project import find_storage
from sygaldry.layout import layout


def test_an_empty_project_is_told_where_to_begin(tmp_path: Path) -> None:
    resolved = resolve(Layer({"storage_root": str(tmp_path / "root")}, {"storage_root": "test"}))
    workspace = tmp_path / "mine"
    workspace.mkdir()
    report = status(resolved, str(workspace))
    assert report.data["ready"] is False
    assert report.data["environment"] == "not up"
    assert any(line.startswith(f"  {layout().tools}/sygaldry up ") for line in report.lines)
    assert not (tmp_path / "root").exists(), "a summary changes nothing"


def test_what_was_started_and_has_ended_is_shown(tmp_path: Path) -> None:
    resolved = resolve(Layer({"storage_root": str(tmp_path / "root")}, {"storage_root": "test"}))
    workspace = tmp_path / "mine"
    (workspace / "pkg" / "zephyr").mkdir(parents=True)
    (workspace / "pkg" / "zephyr" / "spack.lock").write_text("{}")
    storage = find_storage(resolved, str(workspace)).storage
    Path(storage.at(".sygaldry")).mkdir(parents=True)
    save_record(storage, RunningEnvironment("mine", "sandbox", "", "", str(workspace), 0.0))
    report = status(resolved, str(workspace))
    assert report.data["environment"] == "stopped (sandbox)"
    assert any("sygaldry env status pkg/zephyr" in line for line in report.lines)
