"""Documents keep to the line length of CONTRIBUTING.md, and their headings to one of each."""

import re
from pathlib import Path

import pytest
from tests.integration.conftest import CHECKOUT

_LONGEST = 120
_PATTERNS = ("*.md", "container/*.md", "docs/**/*.md", "skills/**/*.md")
_DOCUMENTS = sorted({path for pattern in _PATTERNS for path in CHECKOUT.glob(pattern)})
_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("document", _DOCUMENTS, ids=lambda path: str(path.relative_to(CHECKOUT)))
def test_lines_are_short_enough_to_read_beside_each_other(document: Path) -> None:
    """A row of a table and an address cannot be wrapped; what stands in a block is code."""
    prose = _FENCE.sub("", document.read_text()).splitlines()
    code = ("|", "    ")  # a table, an indented block
    long = [line for line in prose if len(line) > _LONGEST and not line.startswith(code) and "://" not in line]
    assert long == []


@pytest.mark.parametrize("document", _DOCUMENTS, ids=lambda path: str(path.relative_to(CHECKOUT)))
def test_a_document_has_one_title(document: Path) -> None:
    prose = _FENCE.sub("", document.read_text())
    assert len(re.findall(r"^# ", prose, re.MULTILINE)) == 1
