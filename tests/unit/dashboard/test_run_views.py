"""Timelines and plots are made from the events of a run."""

from typing import Any

from sygaldry.dashboard.plots import HEIGHT, WIDTH, load_plots
from sygaldry.dashboard.timeline import timeline_of


def at(second: int, event: str, **facts: Any) -> dict[str, Any]:
    return {"ts": f"2026-11-28T08:{second // 60:02}:{second % 60:02}.000Z", "event": event, **facts}


def test_a_timeline_has_steps_with_their_times_and_no_heartbeats() -> None:
    recorded = [
        at(0, "submitted"), at(2, "started"), at(3, "progress"), at(10, "error", text="bad", at=77),
        at(30, "exit", state="FAILED"),
    ]  # fmt: skip
    steps = timeline_of(recorded)
    assert [(step.name, step.after_s, step.lasted_s, step.is_bad) for step in steps] == [
        ("submitted", 0, 2, False),
        ("started", 2, 8, False),
        ("first error of a kind", 10, 20, True),
        ("end", 30, 0, True),
    ]
    assert steps[2].offset == 77


def test_a_long_timeline_keeps_its_start_and_its_end() -> None:
    steps = timeline_of([at(0, "submitted"), *(at(1, "phase") for _ in range(1000)), at(2, "exit", state="DONE")])
    assert len(steps) == 200
    assert (steps[0].name, steps[-1].name) == ("submitted", "end")


def test_plots_stay_in_their_box_and_keep_peaks() -> None:
    beats = [at(number, "progress", bytes=number * 100, cpu_s=number * 0.5) for number in range(600)]
    beats[300]["rss_bytes"] = beats[301]["rss_bytes"] = 5 << 20
    plots = {plot.title: plot for plot in load_plots(beats)}
    assert plots["Output rate"].highest == "100B/s"
    assert plots["CPU"].newest == "0.50 cores"
    assert plots["Memory"].highest == "5.0M"
    points = [tuple(map(float, pair.split(","))) for plot in plots.values() for pair in plot.points.split()]
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in points)
    assert len(plots["CPU"].points.split()) <= 240


def test_events_with_values_of_other_types_are_left_out() -> None:
    assert load_plots([at(0, "progress", bytes=None), at(1, "progress", bytes="x")]) == ()
