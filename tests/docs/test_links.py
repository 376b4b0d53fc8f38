"""A link between documents leads to a file that is there."""

import re
from pathlib import Path

import pytest
from tests.integration.conftest import CHECKOUT

_LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
_PATTERNS = ("*.md", "container/*.md", "docs/**/*.md", "skills/**/*.md", "pkg/**/*.md")
_DOCUMENTS = sorted({path for pattern in _PATTERNS for path in CHECKOUT.glob(pattern)})


@pytest.mark.parametrize("document", _DOCUMENTS, ids=lambda path: str(path.relative_to(CHECKOUT)))
def test_every_link_of_a_document_leads_somewhere(document: Path) -> None:
    links = [
        link for link in _LINK.findall(document.read_text()) if "://" not in link and not link.startswith("mailto:")
    ]
    assert [link for link in links if not (document.parent / link).exists()] == []
