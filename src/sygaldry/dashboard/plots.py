"""Plots of a run over time, from the heartbeats of its ledger, as points of a line in a fixed box."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from sygaldry.jobs.status_line import duration, size
from sygaldry.model.timestamps import seconds_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sygaldry.jobs.events import Event

WIDTH: Final = 600
HEIGHT: Final = 80
_MOST_POINTS: Final = 240
_LEAST_SAMPLES: Final = 2

Samples = list[tuple[float, float]]


@dataclass(frozen=True)
class Plot:
    """A line: its title, its points in the box, and its values in words."""

    title: str
    points: str
    highest: str
    newest: str
    until: str


def load_plots(recorded: Sequence[Event]) -> tuple[Plot, ...]:
    """Return the plots for which there are samples."""
    beats = [event for event in recorded if event["event"] == "progress"]
    found = (
        _plot("Output rate", _rate(beats, "bytes"), lambda value: f"{size(value)}/s"),
        _plot("CPU", _rate(beats, "cpu_s"), lambda value: f"{value:.2f} cores"),
        _plot("Memory", _level(beats, "rss_bytes"), size),
        _plot("GPU", _level(beats, "gpu_percent"), lambda value: f"{value:.0f} %"),
        _plot("GPU memory", _level(beats, "gpu_bytes"), size),
        _plot("Processes", _level(beats, "processes"), lambda value: f"{value:.0f}"),
    )
    return tuple(plot for plot in found if plot)


def _rate(beats: Sequence[Event], name: str) -> Samples:
    """Return how fast a counter grew between two heartbeats; a counter that fell belongs to a new attempt."""
    level = _level(beats, name)
    pairs = pairwise(level)
    return [(at, max(value - before, 0.0) / (at - then)) for (then, before), (at, value) in pairs if at > then]


def _level(beats: Sequence[Event], name: str) -> Samples:
    return [
        (seconds_of(str(beat.get("ts", ""))), float(beat[name]))
        for beat in beats
        if isinstance(beat.get(name), (int, float))
    ]


def _plot(title: str, samples: Samples, label: Callable[[float], str]) -> Plot | None:
    if len(samples) < _LEAST_SAMPLES:
        return None
    samples = _thinned(samples)
    first, last = samples[0][0], samples[-1][0]
    highest = max(value for _, value in samples)
    scale_x, scale_y = WIDTH / max(last - first, 1e-9), (HEIGHT - 4) / max(highest, 1e-9)
    points = " ".join(f"{(at - first) * scale_x:.1f},{HEIGHT - 2 - value * scale_y:.1f}" for at, value in samples)
    return Plot(title, points, label(highest), label(samples[-1][1]), duration(last - first))


def _thinned(samples: Samples) -> Samples:
    """Keep the highest sample of each part, so that peaks stay visible."""
    step = -(-len(samples) // _MOST_POINTS)
    parts = (samples[start : start + step] for start in range(0, len(samples), step))
    return [max(part, key=lambda sample: sample[1]) for part in parts]
