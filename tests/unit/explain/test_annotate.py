"""Causes for CI systems: places in the checkout, workflow commands, SARIF 2.1.0."""

import json
from typing import Any

import pytest

from sygaldry.diagnosis import Cause, Confidence, Kind, Line
from sygaldry.explain.annotate import Site, github, sarif
from sygaldry.explain.source_place import place_of, relative


def cause(where: str = "", text: str = "boom") -> Cause:
    return Cause(
        outcome="exited 1",
        identified=True,
        says=text,
        lines=(Line(4, 30, text),),
        where=where,
        remedy="",
        confidence=Confidence.HIGH,
        kind=Kind.DETERMINISTIC,
        signature="python:1234",
    )


def result_of(cause: Cause, site: Site) -> Any:
    (text,) = sarif(cause, site)
    return json.loads(text)["runs"][0]["results"][0]


@pytest.mark.parametrize(
    ("text", "file"),
    [
        ("src/a.c:7:3: error: x", "src/a.c"),
        ("/home/runner/work/repo/repo/src/a.c:7:3: error", "/home/runner/work/repo/repo/src/a.c"),
        (r"C:\src\a.c(7): error C2065: foo", r"C:\src\a.c"),
        ('File "/w/my dir/a b.py", line 7', "/w/my dir/a b.py"),
        ("Failed to connect to registry.example.com:443, then src/a.c:7:1", "src/a.c"),
    ],
)
def test_a_source_file_is_a_place(text: str, file: str) -> None:
    place = place_of(cause(text=text))
    assert place is not None
    assert (place.file, place.line) == (file, 7)


@pytest.mark.parametrize(
    "text",
    [
        "bind on 127.0.0.1:8080",
        "connect to registry.example.com:443",
        "https://a.b.org:8443/x",
        "host.local:22 refused",
    ],
)
def test_an_address_is_no_place(text: str) -> None:
    assert place_of(cause(text=text)) is None


def test_a_place_that_stands_alone_may_have_spaces() -> None:
    place = place_of(cause(where="/w/my dir/a b.py:3 in <module>"))
    assert place is not None
    assert place.file == "/w/my dir/a b.py"


@pytest.mark.parametrize(
    ("file", "shown"),
    [
        ("/home/runner/work/repo/repo/src/a.c", "src/a.c"),
        ("/__w/repo/repo/src/a.c", "src/a.c"),
        (r"D:\a\repo\repo\src\a.c", "src/a.c"),
        ("/workspace/src/a.c", "src/a.c"),
        ("/builds/me/p/src/a.c", "src/a.c"),
        ("./src/../src/a.c", "src/a.c"),
        ("/usr/include/x.h", "/usr/include/x.h"),
    ],
)
def test_a_path_in_the_checkout_is_relative(file: str, shown: str) -> None:
    assert relative(file, ("", "/builds/me/p")) == shown


def test_a_workflow_command_is_one_line_that_no_text_can_end() -> None:
    (line,) = github(cause(text="a,b: 5%\n::add-mask::x\r"))
    assert "\n" not in line
    assert "\r" not in line
    assert line.startswith("::error title=a%2Cb%3A 5%25%0A%3A%3Aadd-mask%3A%3Ax%0D::")


def test_sarif_names_its_rule_and_a_valid_uri() -> None:
    (text,) = sarif(cause(where="/home/runner/work/r/r/my dir/a%b.py:0"), Site("build.log"))
    (run,) = json.loads(text)["runs"]
    (result,) = run["results"]
    rule = run["tool"]["driver"]["rules"][result["ruleIndex"]]
    assert rule["id"] == result["ruleId"] == "python"
    assert rule["fullDescription"]["text"]  # GitHub refuses a rule without them
    assert rule["help"]["text"]
    location = result["locations"][0]["physicalLocation"]
    assert location == {"artifactLocation": {"uri": "my%20dir/a%25b.py"}, "region": {"startLine": 1, "startColumn": 1}}


def test_a_path_outside_of_the_checkout_is_a_file_uri() -> None:
    location = result_of(cause(where="/usr/include/a b.h:3"), Site())["locations"][0]["physicalLocation"]
    assert location["artifactLocation"] == {"uri": "file:///usr/include/a%20b.h"}


@pytest.mark.parametrize(("log", "uri"), [("logs/my build.log", "logs/my%20build.log"), ("-", "standard-input.log")])
def test_a_cause_without_a_source_has_the_line_of_the_log_as_its_place(log: str, uri: str) -> None:
    location = result_of(cause(), Site(log))["locations"][0]["physicalLocation"]
    assert location == {"artifactLocation": {"uri": uri}, "region": {"startLine": 4, "startColumn": 1}}
