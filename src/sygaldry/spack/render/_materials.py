"""What both languages of bills of materials need of a lock: identities, package URLs, declared licences."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from sygaldry.spack.lock import Lock, Node, canonical
from sygaldry.spack.render import About

# https://spdx.github.io/spdx-spec/v2.3/SPDX-license-expressions/
_EXPRESSION: Final = re.compile(r"[A-Za-z0-9.+-]+(?: (?:AND|OR|WITH) [A-Za-z0-9.+-]+)*")
# Words that recipes use and that are no identifiers of https://spdx.org/licenses/
_NO_IDENTIFIER: Final = re.compile(r"\b(custom|Public-Domain|UNKNOWN)\b")


def identity(node: Node) -> str:
    """Name a package within a bill."""
    return f"{node.name}-{node.hash}"


def serial(lock: Lock) -> str:
    """Name a bill: the same lock always gives the same name, so that two bills can be compared."""
    return str(uuid5(NAMESPACE_URL, canonical(lock)))


def package_url(node: Node, about: About) -> str:
    """Name a package for scanners: by PyPI where its recipe takes it from there, else by Spack's own name.

    https://github.com/package-url/purl-spec/blob/main/types-doc/pypi-definition.md
    """
    if node.name in about.pypi and not node.is_external:
        name = about.pypi[node.name].lower().replace("_", "-")
        return f"pkg:pypi/{quote(name)}@{quote(node.version)}"
    return f"pkg:generic/{quote(node.name)}@{quote(node.version)}?spack_hash={node.hash}"


def license_expression(text: str) -> str:
    """Write what a recipe declares as an expression of SPDX; empty for free text, which no program can read."""
    if not _EXPRESSION.fullmatch(text):
        return ""
    return _NO_IDENTIFIER.sub(r"LicenseRef-\1", text)
