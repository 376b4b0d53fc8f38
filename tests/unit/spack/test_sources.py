"""A mirror of sources: what goes into it, and what Spack said while it was made."""

from __future__ import annotations

from pathlib import Path

import pytest

from sygaldry.spack.lock import Lock
from sygaldry.spack.sources import MirrorSummary, label_of, parse_mirror_summary, source_plan, started_packages

SAID = (Path(__file__).parents[2] / "data" / "spack" / "mirror-create.txt").read_text()


def test_exactly_what_spack_builds_is_wanted(zephyr: Lock) -> None:
    plan = source_plan(zephyr, ["ninja@1.13.0", "nobody@1"])
    assert len(plan.wanted) == len({node.label for node in zephyr.to_install})
    assert not {node.label for node in zephyr.externals} & set(plan.wanted)
    assert plan.there == tuple(node.label for node in zephyr.named("ninja") if node.label == "ninja@1.13.0")


def test_what_fetches_while_it_builds_is_named_with_what_does_it(zephyr: Lock) -> None:
    uncovered = {label.partition("@")[0]: how for label, how in source_plan(zephyr, ()).uncovered.items()}
    assert uncovered == {"py-jaxlib": "Bazel", "py-maturin": "Cargo", "py-rpds-py": "Cargo"}


def test_what_failed_is_told_with_its_address() -> None:
    found = parse_mirror_summary(SAID)
    assert (found.present, found.added, set(found.failed)) == (0, 4, {"tiny-missing@1.0"})
    assert found.failed["tiny-missing@1.0"].startswith("file:///origin/tiny-missing-1.0.tar: URLError: ")
    assert parse_mirror_summary("") == MirrorSummary()


def test_what_was_begun_is_counted() -> None:
    assert started_packages(SAID)[:2] == ("tiny-missing@1.0", "tiny-log@1.0")
    assert len(started_packages(SAID)) == 6


@pytest.mark.parametrize(
    ("folder", "name", "label"),
    [
        ("tiny-log", "tiny-log-1.0.tar", "tiny-log@1.0"),
        ("zlib-ng", "zlib-ng-2.2.4.tar.gz", "zlib-ng@2.2.4"),
        ("py-torch", "py-torch-2.9.0.tar.gz", "py-torch@2.9.0"),
        ("openssl", "fix.patch-1a2b3c", ""),
        ("py-wheel", "py-wheel-0.45.1-py3-none-any.whl", "py-wheel@0.45.1-py3-none-any"),
    ],
)
def test_a_file_of_a_mirror_tells_whose_it_is(folder: str, name: str, label: str) -> None:
    assert label_of(folder, name) == label
