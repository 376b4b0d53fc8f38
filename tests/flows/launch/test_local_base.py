"""Where the default base cannot be fetched, a launch uses the CUDA base of this host, unless an image was chosen."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import pytest

from sygaldry.config.resolve import Layer, resolve
from sygaldry.config.settings import DEFAULT_BASE, DEFAULT_IMAGE, Settings
from sygaldry.flows.image import ledger
from sygaldry.flows.image.local_cuda import local_cuda_base
from sygaldry.flows.image.recipe import current_recipe
from sygaldry.flows.image.state import State
from sygaldry.flows.launch.ensure_image import Build, Skip, Use, decide
from sygaldry.flows.launch.local_base import find_local_base
from sygaldry.flows.launch.request import Request
from sygaldry.flows.runtime import images
from sygaldry.flows.runtime.images import Engine, Image
from sygaldry.image.staleness import Verdict, made_labels
from sygaldry.model.machine import Machine
from sygaldry.model.value import replace

NEW, OLD = "sygaldry/cuda:13.0.2-devel-bookworm", "sygaldry/cuda:12.9.1-runtime-bookworm"
MACHINE = Machine(1000, 1000)


@dataclass(frozen=True)
class FakeEngine:
    """An engine that has these images, by name and by identity."""

    held: dict[str, Image] = field(default_factory=dict)
    name: str = "docker"

    def image(self, name: str) -> Image | None:
        return self.held.get(name)


def image(number: int, name: str, **facts: object) -> Image:
    return Image(f"{number:064x}", f"{number:064x}", tags=(name,), **facts)  # type: ignore[arg-type]


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """Give an engine with two recorded CUDA bases, of which NEW was made last, and one that nobody recorded."""
    made = {name: image(number, name) for number, name in enumerate((OLD, NEW, "sygaldry/cuda:99-foreign"), start=1)}
    fake = cast("Engine", FakeEngine({key: each for each in made.values() for key in (*each.tags, each.identity)}))
    for age_s, name in ((900, OLD), (300, NEW)):
        ledger.record(str(tmp_path), fake, made[name].identity, name, "")
        path = tmp_path / "build_logs" / "images" / f"docker-{made[name].identity}.json"
        os.utime(path, (path.stat().st_mtime - age_s,) * 2)
    monkeypatch.setattr(images, "engine_for", lambda _name, _machine: fake)
    return fake


def state(engine: Engine, settings: Settings) -> State:
    return State(engine, settings, MACHINE, current_recipe(settings, engine), None, Verdict(ours=True))


def request(**chosen: object) -> Request:
    return Request(resolve(Layer(chosen, dict.fromkeys(chosen, "SYGALDRY_X"))), "/work")


def test_the_base_that_was_made_last_is_used_and_stated_in_one_line(engine: Engine, tmp_path: Path) -> None:
    found = find_local_base(request(), state(engine, Settings()), str(tmp_path))
    assert found is not None
    chosen = found.request.resolved.settings
    assert (chosen.image, chosen.base_image) == (NEW, NEW), "the GPU gate reads the version from the base"
    assert found.note.startswith(f"warning: {DEFAULT_BASE} cannot be fetched")
    assert f"using {NEW}" in found.note
    assert "\n" not in found.note
    assert found.noted.resolved.notes == (found.note,)
    assert find_local_base(found.request, state(engine, chosen), str(tmp_path)) is None, "one step, not a loop"


def test_our_image_is_used_where_it_was_built_on_that_base(engine: Engine, tmp_path: Path) -> None:
    own = replace(Settings(), base_image=NEW)
    labels = made_labels(DEFAULT_IMAGE, current_recipe(own, engine))
    cast("FakeEngine", engine).held[DEFAULT_IMAGE] = image(7, DEFAULT_IMAGE, labels=labels)
    found = find_local_base(request(), state(engine, Settings()), str(tmp_path))
    assert found is not None
    assert (found.request.resolved.settings.image, found.request.resolved.settings.base_image) == (DEFAULT_IMAGE, NEW)


def test_a_requested_build_is_made_on_that_base(engine: Engine, tmp_path: Path) -> None:
    found = find_local_base(replace(request(), build=True), state(engine, Settings()), str(tmp_path))
    assert found is not None
    assert (found.request.resolved.settings.image, found.request.resolved.settings.base_image) == (DEFAULT_IMAGE, NEW)


@pytest.mark.parametrize("chosen", [{"image": "team/image:1"}, {"base_image": "debian:12"}, {"image": DEFAULT_IMAGE}])
def test_a_chosen_image_or_base_wins(engine: Engine, tmp_path: Path, chosen: dict[str, object]) -> None:
    asked = request(**chosen)
    assert find_local_base(asked, state(engine, asked.resolved.settings), str(tmp_path)) is None


def test_only_a_recorded_base_that_the_engine_still_has_under_its_name_counts(engine: Engine, tmp_path: Path) -> None:
    held = cast("FakeEngine", engine).held
    held[f"{2:064x}"] = replace(held[NEW], tags=("another/name:1",))
    assert local_cuda_base(str(tmp_path), engine) == OLD
    held.clear()
    assert local_cuda_base(str(tmp_path), engine) == ""
    assert local_cuda_base(str(tmp_path / "nowhere"), engine) == ""


def test_an_existing_image_on_the_default_base_stays_in_use(engine: Engine) -> None:
    old = replace(state(engine, Settings()), image=image(7, DEFAULT_IMAGE), verdict=Verdict(True, ("a file changed",)))
    assert isinstance(decide(old, base_reachable=False, skips=True), Use)
    assert isinstance(decide(state(engine, Settings()), base_reachable=False, skips=True), Skip)
    assert isinstance(decide(state(engine, Settings()), base_reachable=False, skips=False), Build)
    assert isinstance(decide(old, base_reachable=True, skips=True), Build)
