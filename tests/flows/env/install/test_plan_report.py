"""The plan of a build says what was measured, what was assumed, and what nobody knows."""

from __future__ import annotations

from pathlib import Path

from sygaldry.flows.env.environment import Environment, Store
from sygaldry.flows.env.install.plan import BuildOptions, prepare
from sygaldry.flows.env.install.plan_report import plan_report
from sygaldry.host.http import fetch
from sygaldry.model.command import Command, Completed

ZEPHYR = Path(__file__).parents[4] / "pkg" / "zephyr"


def absent(command: Command) -> Completed:
    return Completed(command, 127)


def test_what_takes_hours_and_was_never_measured_is_named_first(tmp_path: Path) -> None:
    store = Store(tmp_path, str(tmp_path))
    environment = Environment(ZEPHYR, tmp_path)
    report = plan_report(prepare(environment, store, BuildOptions(no_cache=True), absent, fetch))
    _, disk, unknown, chain, *_ = report.lines
    assert "with 150 MiB assumed for each of 259 unmeasured packages; at least" in disk
    large = "llvm@20.1.8, nccl@2.28.7-1, py-jaxlib@0.7.2, py-torch@2.9.0, py-torchvision@0.24.0"
    assert unknown.startswith(f"never measured, and so not in that time: {large} and ")
    assert chain.startswith("slowest chain of measured packages, at least ")
    assert report.data["estimate_is_partial"] is True
    assert "py-torch@2.9.0" not in report.data["estimates"]  # type: ignore[operator]
