"""What was read from a log before its cause is chosen."""

from collections.abc import Sequence
from typing import NamedTuple

from sygaldry.diagnosis import Source
from sygaldry.explain.context import Context
from sygaldry.explain.match_rules import Match
from sygaldry.explain.rank import Candidate
from sygaldry.explain.scan import Scan


class Analysis(NamedTuple):
    """The scan, the lines that rules match, the steps and masks, and the candidates in their order."""

    source: Source
    scanned: Scan
    matches: Sequence[Match]
    context: Context
    order: Sequence[Candidate]
