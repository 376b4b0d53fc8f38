"""Documents keep to the line length of CONTRIBUTING.md, and their headings to one of each."""

import re
from pathlib import Path

import pytest
from tests.integration.conftest import CHECKOUT

_LONGEST = 120
_PATTERNS = ("*.md", "changes/*.md", "container/*.md", "docs/**/*.md", "skills/**/*.md")
_DOCUMENTS = sorted({path for pattern in _PATTERNS for path in CHECKOUT.glob(pattern)})
_TITLED = [path for path in _DOCUMENTS if path.parent.name != "changes"]
# A row of a table and what a command prints cannot be wrapped.
_UNBREAKABLE = ("|", "# -> ")
# The generated list of faults quotes the patterns by which each is recognised.
_GENERATED = {"NVIDIA_FIXES.md": ("    ",)}
_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("document", _DOCUMENTS, ids=lambda path: str(path.relative_to(CHECKOUT)))
def test_lines_are_short_enough_to_read_beside_each_other(document: Path) -> None:
    lines = document.read_text().splitlines()
    whole = (*_UNBREAKABLE, *_GENERATED.get(document.name, ()))
    long = [line for line in lines if len(line) > _LONGEST and not line.startswith(whole) and "://" not in line]
    assert long == []


@pytest.mark.parametrize("document", _TITLED, ids=lambda path: str(path.relative_to(CHECKOUT)))
def test_a_document_has_one_title(document: Path) -> None:
    prose = _FENCE.sub("", document.read_text())
    assert len(re.findall(r"^# ", prose, re.MULTILINE)) == 1
