"""JSON with comments and trailing commas, as devcontainer.json has them.

https://code.visualstudio.com/docs/languages/json#_json-with-comments
"""

from __future__ import annotations

import json
import re

# Every pattern starts with a string, which may hold what looks like a comment. An open string or comment ends with the
# text, so that each character is looked at once; the JSON parser then reports it.
_COMMENTS = re.compile(r'(?P<kept>"(?:[^"\\]|\\.)*"?)|//[^\n]*|/\*.*?(?:\*/|\Z)', re.DOTALL)
_TRAILING_COMMAS = re.compile(r'(?P<kept>"(?:[^"\\]|\\.)*"?)|,(?=\s*[}\]])', re.DOTALL)
_BYTE_ORDER_MARK = "\ufeff"


def parse(text: str) -> object:
    """Parse the text. Raises ValueError with the line and column; RecursionError for thousands of brackets."""
    plain = _COMMENTS.sub(_without, text.removeprefix(_BYTE_ORDER_MARK))
    return json.loads(_TRAILING_COMMAS.sub(_without, plain))


def _without(found: re.Match[str]) -> str:
    """Return a string as it is, and blanks for the rest, so that lines and columns of errors stay true."""
    kept = found["kept"]
    return kept if kept is not None else re.sub(r"[^\n]", " ", found[0])
