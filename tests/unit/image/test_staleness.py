"""An image is stale by content: what changed is told, and what did not matter is not."""

import json

import pytest

from sygaldry.config.resolve import Layer, resolve
from sygaldry.config.settings import Settings
from sygaldry.image import labels
from sygaldry.image.key import key
from sygaldry.image.recipe import Recipe, build_arguments
from sygaldry.image.staleness import base_id_fast, content_of, is_fresh_fast, judge, made_labels
from sygaldry.model.value import replace

NAME = "sygaldry/zephyr:base"
RECIPE = Recipe(
    {"BAZEL_VERSION": "6.4.0", "BASE_IMAGE": "ubuntu:24.04"},
    {"dev_container.dockerfile": "a1", "image/uv.sh": "b2"},
    "ubuntu:24.04",
    "f00d" * 16,
)


def settings(**values: object) -> Settings:
    return resolve(Layer(values, dict.fromkeys(values, "test"))).settings


def test_freshness_is_seen_at_a_glance_in_what_an_engine_says() -> None:
    described = json.dumps({"Config": {"Labels": made_labels(NAME, RECIPE)}}, separators=(",", ":"))
    assert is_fresh_fast(NAME, described, RECIPE)
    assert not is_fresh_fast("mine/derived:1", described, RECIPE)
    assert not is_fresh_fast(NAME, described, replace(RECIPE, base_id="0"))
    assert not is_fresh_fast(NAME, "", RECIPE)


def test_the_bases_id_is_seen_at_a_glance_with_the_base_here_or_gone() -> None:
    described = json.dumps({"Config": {"Labels": made_labels(NAME, RECIPE)}}, separators=(",", ":"))
    layers = [f"sha256:{'ab12' * 16}", f"sha256:{'cd34' * 16}"]
    base = json.dumps({"Id": "sha256:7", "RootFS": {"Type": "layers", "Layers": layers}}, separators=(",", ":"))
    assert base_id_fast("ubuntu:24.04", base, described) == content_of(layers)
    assert base_id_fast("ubuntu:24.04", "", described) == "f00d" * 16
    assert base_id_fast("debian:12", "", described) == ""


def test_what_was_made_from_a_recipe_is_fresh_for_it() -> None:
    verdict = judge(NAME, made_labels(NAME, RECIPE), RECIPE)
    assert verdict.ours
    assert verdict.fresh


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (
            replace(RECIPE, arguments={**RECIPE.arguments, "BAZEL_VERSION": "7.1.0"}),
            "BAZEL_VERSION changed from 6.4.0 to 7.1.0",
        ),
        (
            replace(RECIPE, arguments={**RECIPE.arguments, "GO_VERSION": "1.25.5"}),
            "GO_VERSION is new: 1.25.5",
        ),
        (replace(RECIPE, arguments={"BASE_IMAGE": "ubuntu:24.04"}), "BAZEL_VERSION was removed: it was 6.4.0"),
        (
            replace(RECIPE, files={**RECIPE.files, "dev_container.dockerfile": "a2"}),
            "container/dev_container.dockerfile changed",
        ),
        (replace(RECIPE, files={**RECIPE.files, "image/x.sh": "c"}), "container/image/x.sh is new"),
        (
            replace(RECIPE, base_id="beef" * 16),
            "the base ubuntu:24.04 has other content now: beefbeefbeefbeefbee, it was f00df00df00df00df00",
        ),
    ],
)
def test_a_change_is_named_with_its_old_and_new_value(changed: Recipe, reason: str) -> None:
    assert judge(NAME, made_labels(NAME, RECIPE), changed).reasons == (reason,)
    assert key(changed) != key(RECIPE)


def test_a_base_that_the_engine_has_no_more_makes_nothing_stale() -> None:
    assert judge(NAME, made_labels(NAME, RECIPE), replace(RECIPE, base_id="")).fresh


def test_an_image_without_our_key_or_built_upon_ours_is_somebody_elses() -> None:
    assert not judge(NAME, {}, RECIPE).ours
    assert not judge("mine/derived:1", made_labels(NAME, RECIPE), RECIPE).ours


@pytest.mark.parametrize("text", ["", "no json", "[1]", '{"a": {"b": 1}}', "null"])
def test_labels_that_hold_anything_else_are_stale_and_no_obstacle(text: str) -> None:
    found = {labels.KEY: "?", labels.NAME: NAME, labels.ARGUMENTS: text, labels.FILES: text}
    verdict = judge(NAME, found, RECIPE)
    assert verdict.ours
    assert not verdict.fresh


def test_the_order_of_facts_does_not_matter_and_where_downloads_come_from_neither() -> None:
    turned = replace(RECIPE, files=dict(reversed(list(RECIPE.files.items()))))
    assert key(turned) == key(RECIPE)
    plain, mirrored = settings(), settings(artifact_mirror="http://mirror.example.org")
    assert build_arguments(plain) == build_arguments(mirrored)


def test_toolchains_are_a_set_and_none_is_nothing() -> None:
    assert build_arguments(settings(toolchains=("uv", "go", "uv")))["TOOLCHAINS"] == "go uv"
    assert build_arguments(settings(toolchains=("none",)))["TOOLCHAINS"] == "none"


def test_the_labels_can_be_read_by_anybody() -> None:
    made = made_labels(NAME, RECIPE)
    assert json.loads(made["dev.sygaldry.arguments"]) == dict(RECIPE.arguments)
    assert made["dev.sygaldry.base"] == f"ubuntu:24.04 {'f00d' * 16}"
    assert made["dev.sygaldry.key"] == key(RECIPE)
