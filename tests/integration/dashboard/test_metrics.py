"""Metrics count runs without reading logs, and the example dashboard asks for what there is."""

import json
import re
import subprocess
import sys
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families
from tests.fakes.ledger import FakeRun, make_run
from tests.integration.conftest import CHECKOUT, World
from tests.integration.dashboard.conftest import TOKEN, Dashboard, new_client

ERROR = {"event": "error", "kind": "compiler", "text": "bad", "at": 3}


def samples(text: str) -> dict[tuple[str, ...], float]:
    """Map names and the values of labels to values."""
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def fill(jobs: Path) -> None:
    make_run(jobs, FakeRun("good", age_s=900))
    make_run(jobs, FakeRun("bad", "FAILED", 1, age_s=800, events=(ERROR,)))
    make_run(jobs, FakeRun("bad", "FAILED", 1, age_s=700, log=b""))


def test_runs_are_counted_by_state_duration_and_cause(dashboard: Dashboard) -> None:
    fill(dashboard.jobs)
    dashboard.context.index.read_ahead(5)
    client = new_client(dashboard.context)
    answer = client.get("/metrics?storage=1", headers={"authorization": f"Bearer {TOKEN}"})
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    found = samples(answer.text)
    assert found["sygaldry_jobs", "demo", "DONE"] == 1
    assert found["sygaldry_jobs", "demo", "FAILED"] == 1
    assert found["sygaldry_jobs", "demo", "QUEUED"] == 0
    assert found["sygaldry_runs", "demo", "FAILED"] == 2
    assert found["sygaldry_run_duration_seconds_count", "demo", "DONE"] == 1
    assert found["sygaldry_run_failures", "compiler", "demo"] == 1
    assert found["sygaldry_run_failures", "unknown", "demo"] == 1
    assert found["sygaldry_disk_free_bytes", str(dashboard.root)] > 0
    assert found["sygaldry_storage_bytes", "bazel_cache", "demo"] > 0
    asked = set(re.findall(r"sygaldry_[a-z_]+", (CHECKOUT / "examples" / "grafana" / "sygaldry.json").read_text()))
    assert asked - {"sygaldry_gpu_diagnosis"} <= {name for name, *_ in found}


def test_a_hostile_ledger_adds_neither_a_metric_nor_labels_without_a_bound(dashboard: Dashboard) -> None:
    for number, kind in enumerate(('x"} 1\nsygaldry_jobs{project="demo"', "\ud800", "a" * 5000, *map(str, range(200)))):
        make_run(dashboard.jobs, FakeRun(f"bad-{number}", "FAILED", 1, events=({**ERROR, "kind": kind},)))
    dashboard.context.index.read_ahead(30)
    found = samples(dashboard.page("/metrics"))
    assert found["sygaldry_jobs", "demo", "FAILED"] == 203
    families = {labels[0]: value for (name, *labels), value in found.items() if name == "sygaldry_run_failures"}
    assert all(re.fullmatch(r"[A-Za-z0-9_.-]{1,100}", family) for family in families)
    assert len(families) == 101
    assert sum(families.values()) == 203


def test_the_example_dashboard_has_panels_that_do_not_overlap() -> None:
    example = json.loads((CHECKOUT / "examples" / "grafana" / "sygaldry.json").read_text())
    assert example["schemaVersion"] >= 36
    ids = [panel["id"] for panel in example["panels"]]
    assert len(set(ids)) == len(ids)
    cells = [
        (x, y)
        for place in (panel["gridPos"] for panel in example["panels"])
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(set(cells)) == len(cells)
    assert max(x for x, _ in cells) < 24
    assert all(target["expr"] for panel in example["panels"] for target in panel["targets"])


def test_a_textfile_is_replaced_whole(dashboard: Dashboard, tmp_path: Path) -> None:
    fill(dashboard.jobs)
    target = tmp_path / "sygaldry.prom"
    environment = World(dashboard.root).environment(PYTHONPATH=str(CHECKOUT / "src"))
    words = [sys.executable, "-m", "sygaldry", "metrics", "--textfile", str(target)]
    subprocess.run(words, env=environment, check=True, timeout=60)
    assert samples(target.read_text())["sygaldry_runs", "demo", "FAILED"] == 2
    assert target.stat().st_mode & 0o777 == 0o644
