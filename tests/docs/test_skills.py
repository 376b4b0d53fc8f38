"""Skill pages: agents find them by their front matter, and the tools and options they name exist."""

import re
from pathlib import Path

import pytest
import yaml
from tests.integration.conftest import CHECKOUT

from sygaldry import discovery
from sygaldry.mcp_server import tools

PAGES = sorted((CHECKOUT / "skills").glob("*/SKILL.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.parent.name)
def test_the_front_matter_has_a_name_and_a_description(page: Path) -> None:
    _, head, _ = page.read_text().split("---\n", 2)
    known = yaml.safe_load(head)
    assert known.keys() == {"name", "description"}
    assert known["name"] == page.parent.name
    assert 40 < len(known["description"]) <= 1024


def test_the_page_of_the_mcp_server_names_every_tool_and_no_other() -> None:
    text = (CHECKOUT / "skills" / "sygaldry-mcp" / "SKILL.md").read_text()
    body = text.split("---\n", 2)[2]
    named = {word for word in re.findall(r"`([a-z_]+)`", body) if "_" in word or word in ("doctor", "launch")}
    assert named - {"since_hours", "find", "at"} == {name.replace("-", "_") for name in discovery.names(tools)}
