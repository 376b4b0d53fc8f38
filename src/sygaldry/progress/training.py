"""Training loops that print their position: step 120/1000, Epoch 3/10, iter 5/300, [3/10]."""

import re
from collections.abc import Sequence
from typing import Final

from sygaldry.progress import Parser, Progress
from sygaldry.progress._lines import newest

_OF: Final = r"[ :=#]{0,3}\[?(?P<done>\d{1,9})\]? ?(?:/|of) ?\[?(?P<total>\d{1,9})\]?"
_STEP: Final = re.compile(
    r"(?i).{0,80}?\b(?P<unit>steps?|iter(?:ation)?s?|batch(?:es)?|updates?|files?|shards?|samples?|tests?|tasks?)" + _OF
)
_EPOCH: Final = re.compile(r"(?i).{0,60}?\b(?P<unit>epochs?)" + _OF)


def _read(lines: Sequence[str]) -> Progress | None:
    step, epoch = newest(lines, _STEP), newest(lines, _EPOCH)
    if epoch is None and step is None:
        return None
    if epoch is None or step is None:
        line, found = step or epoch or (0, _STEP.match(""))
        return _plain(line, found) if found else None
    # An epoch that has begun is not done; its steps are a part of it.
    steps = max(int(step[1]["total"]), 1)
    done = (int(epoch[1]["done"]) - 1) * steps + min(int(step[1]["done"]), steps)
    phase = f"epoch {epoch[1]['done']}/{epoch[1]['total']}"
    return Progress(max(done, 0), int(epoch[1]["total"]) * steps, "steps", "", phase, line=max(step[0], epoch[0]))


def _plain(line: int, found: re.Match[str]) -> Progress:
    unit = found["unit"].lower().removesuffix("s") + "s"
    return Progress(int(found["done"]), int(found["total"]), unit, line=line)


PARSER: Final = Parser("training loops", 27, _read)
