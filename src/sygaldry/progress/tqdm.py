"""Progress bars of tqdm and Rich; Hugging Face downloads use tqdm."""

import re
from collections.abc import Sequence
from typing import Final

from sygaldry.progress import Parser, Progress
from sygaldry.progress._lines import newest

_TQDM: Final = re.compile(
    r"\s*(?:(?P<step>\S.{0,100}?): +)?"
    r"(?P<percent>\d{1,3})%\|.{0,120}?\| ?(?P<done>[\d.]{1,12})(?P<unit>[kMGT]?)(?:i?B)?"
    r"/(?P<total>[\d.]{1,12})(?P<of>[kMGT]?)"
)
_RICH: Final = re.compile(r"\s*(?P<step>.{0,100}?) *[━╸╺]{5,200} +(?P<percent>\d{1,3})%")
_SCALE: Final = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}


def _read(lines: Sequence[str]) -> Progress | None:
    found = max(filter(None, (newest(lines, _TQDM), newest(lines, _RICH))), key=lambda each: each[0], default=None)
    if found is None:
        return None
    line, bar = found
    step = (bar["step"] or "").strip()
    if "total" not in bar.groupdict():
        return Progress(int(bar["percent"]), 100, "%", step, line=line)
    done = float(bar["done"]) * _SCALE[bar["unit"]]
    total = float(bar["total"]) * _SCALE[bar["of"]]
    return Progress(round(done), round(total), "bytes" if bar["of"] else "steps", step, line=line)


PARSER: Final = Parser("tqdm and Rich", 25, _read)
