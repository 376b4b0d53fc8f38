"""Every format draws the real lock, whole and offline."""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from sygaldry import discovery
from sygaldry.spack import render
from sygaldry.spack.graph import closure
from sygaldry.spack.lock import Lock, parse_lock
from sygaldry.spack.provenance import parse_provenance
from sygaldry.spack.render import About, Render
from sygaldry.spack.render._layout import ROW, compute_layout, essential_edges, label_width

PACKAGES = Path(__file__).parents[3] / "pkg"
ABOUT = About('pkg/<"zephyr">')


def draw(format_: str, lock: Lock, about: About = ABOUT) -> str:
    function: Render = discovery.get(render, format_, "RENDER")
    return function(lock, about)


@pytest.mark.parametrize("name", ["zephyr", "zephyr-cuda13", "torch_cuda"])
def test_the_committed_dependency_graph_is_what_the_lock_gives(name: str) -> None:
    folder = PACKAGES / name
    lock = parse_lock((folder / "spack.lock").read_text(), name)
    made = parse_provenance((folder / "sygaldry.lock.json").read_text(), name)
    text = draw("md", lock, About(f"pkg/{name}", made.licenses))
    assert (folder / "DEPENDENCY_GRAPH.md").read_text() == text, f"sygaldry env graph pkg/{name} --format md"


def test_the_picture_shows_every_package_once_and_none_over_another(zephyr: Lock) -> None:
    layout = compute_layout(zephyr)
    assert set(layout.places) == set(zephyr.nodes)
    taken = sorted(layout.places.values())
    assert len(set(taken)) == len(taken)
    for one, other in itertools.pairwise(taken):
        assert other.x - one.x >= one.width or other.y - one.y >= ROW


def test_the_picture_has_the_shape_of_a_window_and_can_be_read_when_it_is_fitted_to_one(zephyr: Lock) -> None:
    layout = compute_layout(zephyr)
    assert 1.3 < layout.width / layout.height < 2.2
    scale = min(1280 / layout.width, 720 / layout.height)
    assert 11 * scale > 8  # pixels of a label on a small screen
    for key, place in layout.places.items():
        assert place.width >= label_width(zephyr.nodes[key].label)
    for start, end in layout.edges:
        one, other = layout.places[start], layout.places[end]
        assert one.x < other.x or (one.x == other.x and one.y < other.y), "a line that leads back"


@pytest.mark.parametrize("format_", ["svg", "html", "dot", "json", "md"])
def test_the_same_lock_gives_the_same_bytes_whatever_order_spack_wrote_it_in(zephyr: Lock, format_: str) -> None:
    raw = json.loads((PACKAGES / "zephyr" / "spack.lock").read_text())
    raw["roots"].reverse()
    raw["concrete_specs"] = dict(reversed(raw["concrete_specs"].items()))
    assert draw(format_, parse_lock(json.dumps(raw), "reversed")) == draw(format_, zephyr)


def test_leaving_out_shortcuts_keeps_what_is_below_each_package(zephyr: Lock) -> None:
    edges = essential_edges(zephyr)
    assert len(edges) < sum(len(node.edges) for node in zephyr.nodes.values()) / 3
    needs: dict[str, set[str]] = {key: set() for key in zephyr.nodes}
    for start, end in edges:
        needs[start].add(end)

    def below(key: str) -> set[str]:
        return {key}.union(*(below(each) for each in needs[key]))

    for node in zephyr.named("py-numpy"):
        assert below(node.hash) == closure(zephyr, [node.hash])


def test_the_svg_is_well_formed_and_names_are_escaped(zephyr: Lock) -> None:
    root = ET.fromstring(draw("svg", zephyr))  # noqa: S314 - our own text
    groups = [each for each in root.iter() if each.get("class") == "n"]
    assert len(groups) == len(zephyr.nodes)
    title = root.find("{http://www.w3.org/2000/svg}title")
    assert title is not None
    assert title.text == ABOUT.title


def test_the_page_loads_nothing(zephyr: Lock) -> None:
    page = draw("html", zephyr)
    without_namespaces = page.replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"(src|href)\s*=|https?://|@import|url\(", without_namespaces)
    assert "default-src 'none'" in page


def test_dot_has_every_edge(zephyr: Lock) -> None:
    assert draw("dot", zephyr).count(" -> ") == sum(len(node.edges) for node in zephyr.nodes.values())


def test_the_data_can_be_read_again(zephyr: Lock) -> None:
    data = json.loads(draw("json", zephyr))
    assert {each["hash"] for each in data["packages"]} == set(zephyr.nodes)
    assert {each["kind"] for each in data["packages"]} == {"root", "run", "build", "external"}


def test_the_bills_of_materials_name_every_package_with_its_licence(zephyr: Lock) -> None:
    made = parse_provenance((PACKAGES / "zephyr" / "sygaldry.lock.json").read_text(), "zephyr")
    about = About("pkg/zephyr", made.licenses, made.pypi)
    cyclonedx = json.loads(draw("cyclonedx", zephyr, about))
    assert cyclonedx["bomFormat"] == "CycloneDX"
    assert len(cyclonedx["components"]) == len(zephyr.nodes)
    spdx = json.loads(draw("spdx", zephyr, about))
    assert spdx["spdxVersion"].startswith("SPDX-")
    numpy = next(each for each in spdx["packages"] if each["name"] == "py-numpy")
    assert (numpy["versionInfo"], numpy["licenseDeclared"]) == ("2.3.4", "BSD-3-Clause")
    assert {each["licenseConcluded"] for each in spdx["packages"]} == {"NOASSERTION"}
    cudnn = next(each for each in spdx["packages"] if each["name"] == "cudnn")
    assert cudnn["licenseDeclared"] == "NOASSERTION"
    urls = {each["name"]: each["purl"] for each in cyclonedx["components"]}
    assert urls["py-numpy"] == "pkg:pypi/numpy@2.3.4"
    assert urls["cmake"].startswith("pkg:generic/cmake@3.31.9?spack_hash=")
    needs = [each for each in spdx["relationships"] if each["relationshipType"] == "DEPENDS_ON"]
    assert len(needs) == sum(len(node.edges) for node in zephyr.nodes.values())
    described = [each for each in spdx["relationships"] if each["relationshipType"] == "DESCRIBES"]
    assert {each["spdxElementId"] for each in described} == {"SPDXRef-DOCUMENT"}
    assert len(described) == len(set(zephyr.roots.values()))
    licenses = {each["name"]: each.get("licenses") for each in cyclonedx["components"]}
    assert licenses["py-numpy"] == [{"expression": "BSD-3-Clause", "acknowledgement": "declared"}]
    assert licenses["cudnn"] is None


def test_both_bills_name_only_what_they_list(zephyr: Lock) -> None:
    about = About("x", {"py-numpy": "custom", "cmake": "see the file COPYING"})
    cyclonedx = json.loads(draw("cyclonedx", zephyr, about))
    listed = {each["bom-ref"] for each in cyclonedx["components"]}
    assert len(listed) == len(zephyr.nodes)
    assert {ref for each in cyclonedx["dependencies"] for ref in each["dependsOn"]} <= listed
    licenses = {each["name"]: each.get("licenses") for each in cyclonedx["components"]}
    assert licenses["cmake"] == [{"license": {"name": "see the file COPYING", "acknowledgement": "declared"}}]
    spdx = json.loads(draw("spdx", zephyr, about))
    elements = {each["SPDXID"] for each in spdx["packages"]}
    assert {each["relatedSpdxElement"] for each in spdx["relationships"]} <= elements
    packages = {each["name"]: each for each in spdx["packages"]}
    assert packages["py-numpy"]["licenseDeclared"] == "LicenseRef-custom"
    assert [each["licenseId"] for each in spdx["hasExtractedLicensingInfos"]] == ["LicenseRef-custom"]
    assert packages["cmake"]["licenseDeclared"] == "NOASSERTION"
    assert packages["cmake"]["licenseComments"] == "the recipe declares: see the file COPYING"


@pytest.mark.parametrize("format_", ["cyclonedx", "spdx"])
def test_the_same_lock_gives_the_same_bill_and_two_builds_of_a_version_are_two_packages(
    format_: str, zephyr: Lock
) -> None:
    assert draw(format_, zephyr, About("x")) == draw(format_, zephyr, About("x"))
    twin = next(iter(zephyr.to_install))
    doubled = replace(zephyr, nodes={**zephyr.nodes, "z" * 32: replace(twin, hash="z" * 32)})
    table = json.loads(draw(format_, doubled, About("x")))
    assert len(table["components" if format_ == "cyclonedx" else "packages"]) == len(zephyr.nodes) + 1
