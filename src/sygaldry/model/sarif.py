"""SARIF 2.1.0, which code scanning reads: one run of one tool, with a rule for each kind of result.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
https://docs.github.com/code-security/reference/code-scanning/sarif-support-for-code-scanning
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Final

_HOME: Final = "https://github.com/phi9t/sygaldry"
_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif_rule(name: str, title: str, description: str, help_text: str) -> dict[str, object]:
    """Describe a kind of result; GitHub refuses a rule without a full description and help."""
    return {
        "id": name,
        "shortDescription": {"text": title},
        "fullDescription": {"text": description},
        "help": {"text": help_text},
    }


def sarif_log(
    tool: str, version: str, rules: Sequence[Mapping[str, object]], results: Sequence[Mapping[str, object]]
) -> str:
    """Format a SARIF log; columns count characters."""
    driver = {"name": tool, "version": version, "informationUri": _HOME, "rules": list(rules)}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": list(results)}
    document = {"version": "2.1.0", "$schema": _SCHEMA, "runs": [run]}
    return json.dumps(document, indent=1, ensure_ascii=False)
