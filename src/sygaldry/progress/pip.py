"""pip and uv: resolve, download, build, install; pip states how many wheels it will build, and nothing else."""

import re
from collections.abc import Sequence
from typing import Final

from sygaldry.progress import Parser, Progress
from sygaldry.progress._lines import newest

_BAR: Final = re.compile(r"\s*[━╸╺ ]{10,60} (?P<done>[\d.]+)/(?P<total>[\d.]+) (?P<unit>[kMG]?B)\b")
_WHEELS: Final = re.compile(r"\s*Building wheels for collected packages: (?P<names>.{1,4000})")
# With a terminal, pip ends the same line: `Building wheel for x (pyproject.toml) ... done`.
_WHEEL_ENDED: Final = re.compile(r"\s*Building wheel for \S+ .{0,80}?(?:finished with status |\.\.\. )'?(?:done|error)")
_STEPS: Final = (
    (
        "resolve",
        re.compile(r"\s*(?P<step>Collecting .{1,80}|Requirement already .{1,60}|Resolved \d+ packages.{0,30})"),
    ),
    ("download", re.compile(r"\s*(?P<step>Downloading .{1,100}|Using cached .{1,100}|Prepared \d+ packages?.{0,30})")),
    (
        "build",
        re.compile(r"\s*(?P<step>Building wheels? for .{1,80}|Preparing metadata .{1,40}|Building .{1,60}==\S+)"),
    ),
    (
        "install",
        re.compile(r"\s*(?P<step>Installing collected packages|Installed \d+ packages?.{0,30}|Successfully installed)"),
    ),
)


def _read(lines: Sequence[str]) -> Progress | None:
    found = [(*each, phase) for phase, shape in _STEPS if (each := newest(lines, shape))]
    if not found:
        return None
    line, step, phase = max(found, key=lambda each: each[0])
    bar = newest(lines, _BAR)
    if bar is not None and bar[0] >= line:
        sizes = round(float(bar[1]["done"]) * 10), round(float(bar[1]["total"]) * 10)
        unit = f"0.1 {bar[1]['unit']}"
        return Progress(*sizes, unit, step["step"].strip(), "download", line=bar[0], is_part=True)
    header = newest(lines, _WHEELS) if phase == "build" else None
    if header is not None and header[0] <= line:
        total = len(header[1]["names"].split(","))
        done = sum(_WHEEL_ENDED.match(each) is not None for each in lines[header[0] + 1 : line + 1])
        return Progress(min(done, total), total, "wheels", step["step"].strip(), phase, line=line)
    return Progress(0, 0, "packages", step["step"].strip(), phase, line=line)


PARSER: Final = Parser("pip and uv", 50, _read)
