"""Parse JSON from an untrusted writer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any


def parse_json(text: str | bytes) -> Any:  # noqa: ANN401 - JSON of any shape
    """Return what `json.loads` returns; every failure is a ValueError, also deep nesting, which overflows its stack."""
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
