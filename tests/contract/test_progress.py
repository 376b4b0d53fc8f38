"""Every parser reads its recorded log, and hostile bytes stop none of them."""

import json
from pathlib import Path
from typing import cast

import pytest

from sygaldry import discovery, progress
from sygaldry.jobs.counts import count_of
from sygaldry.progress import NEWEST, Parser
from sygaldry.progress._reading import visible_lines

DATA = Path(__file__).parents[1] / "data" / "progress"
PARSERS = {name: cast("Parser", each) for name, each in discovery.every(progress, "PARSER").items()}
HOSTILE = (
    b"",
    b"\x00" * NEWEST,
    b"\xff\xfe\r\n" * 4000,
    b"[1/" * 5000,
    b"[0/0] x\n[999999999999/1] y\n 100%|" + b"#" * NEWEST,
    b"\x1b[" * 9000,
    b"step 5/0\nepoch 0/0\n  0%|| 0/0\n-- Looking for\nStep 0/0 : x\n",
)


@pytest.mark.parametrize("name", PARSERS)
def test_every_parser_reads_its_recorded_log(name: str) -> None:
    parser = PARSERS[name]
    assert isinstance(parser, Parser)
    assert parser.title
    path = DATA / f"{name.replace('-', '_')}.log"
    raw, expected = path.read_bytes(), json.loads(path.with_suffix(".json").read_text())
    assert expected["source"]
    for at in expected["at"]:
        read = parser.read(visible_lines(raw[: at["bytes"]][-NEWEST:]))
        told = read and {key: getattr(read, key) for key in ("done", "total", "unit", "step", "phase")}
        assert told == at["read"]


@pytest.mark.parametrize("raw", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_bytes_give_an_answer_or_none(raw: bytes) -> None:
    read = progress.read(raw)
    count = count_of(read)
    assert count is None or 0 <= count.done <= count.total
