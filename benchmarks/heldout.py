"""How well logs that nobody tuned to are explained: python -m benchmarks.heldout FOLDER...

The logs are not part of this repository: each folder is a set of your own. It holds ID.log (or ID.log.gz) as it was
recorded, and ID.json with `exit_code`, `must_mention` (a list of groups; an answer is right if it holds one alternative
of each group) and `succeeded`. Label a set before the first run. Reading its misses ends its use as a held-out set.

Prints, for each folder: recall within 200 tokens; how often the headline (the sentence, its lines and the place) is
right, in all and at each confidence; misled, the wrong headlines of high or medium confidence; and false alarms in logs
of successful runs, with their exit code and with an unknown one. `--misses` prints the wrong answers, `--json` each
result by its log.
"""

import argparse
import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from benchmarks.explain import is_alarm, is_right, labelled

if TYPE_CHECKING:
    from sygaldry.host.logs import LogFile

TOKENS: Final = 200
SHOWN: Final = 14  # lines of a wrong answer


class Result(NamedTuple):
    """What one failing log gave."""

    name: str
    right: bool
    headline: bool
    confidence: str
    answer: tuple[str, ...]

    @property
    def misled(self) -> bool:
        """Return whether a reader of the headline believes in a wrong cause."""
        return not self.headline and self.confidence != "low"


def measured(label: Mapping[str, Any], raw: bytes) -> Result:
    """Explain one failing log."""
    from sygaldry import explain
    from sygaldry.diagnosis import Facts

    cause = explain.explain(_source(raw), Facts(label["exit_code"]))
    if cause is None:
        return Result(label["id"], right=False, headline=False, confidence="low", answer=())
    answer = explain.answer(cause, TOKENS)
    headline = " ".join((cause.says, cause.where, *(line.text for line in cause.lines)))
    confidence = str(cause.confidence) if cause.identified else "low"
    return Result(label["id"], is_right(label, "\n".join(answer)), is_right(label, headline), confidence, answer)


def false_alarm(raw: bytes, code: int | None) -> bool:
    """Return whether the log of a successful run is given a cause."""
    from sygaldry import explain
    from sygaldry.diagnosis import Facts

    cause = explain.explain(_source(raw), Facts(code))
    return cause is not None and str(cause.confidence) == "high" and is_alarm("\n".join(explain.answer(cause, TOKENS)))


def _source(raw: bytes) -> "LogFile":
    """Open a log as a user would: a compressed one or one in UTF-16 is unpacked."""
    from sygaldry.host.packed_logs import open_logs

    with tempfile.NamedTemporaryFile() as file:
        file.write(raw)
        file.flush()
        return open_logs(file.name).logs[0].source


def report(name: str, results: Sequence[Result], passing: Sequence[tuple[Mapping[str, Any], bytes]]) -> str:
    """Format the table of one set."""
    total = len(results)
    right, headline, misled = (sum(getattr(each, key) for each in results) for key in ("right", "headline", "misled"))
    rows = [
        f"{name}: {total} failing logs, {len(passing)} of successful runs",
        f"  cause within {TOKENS} tokens {right:>5} of {total:>4}{right / total:>8.1%}",
        f"  headline right          {headline:>5} of {total:>4}{headline / total:>8.1%}",
        f"  misled                  {misled:>5} of {total:>4}{misled / total:>8.1%}",
    ]
    for level in ("high", "medium", "low"):
        some = [each for each in results if each.confidence == level]
        good = sum(each.headline for each in some)
        rows.append(f"  headline right, {level:8}{good:>5} of {len(some):>4}{good / max(len(some), 1):>8.1%}")
    known = sum(false_alarm(raw, 0) for _, raw in passing)
    unknown = sum(false_alarm(raw, None) for _, raw in passing)
    rows.append(
        f"  false alarms            {known:>5} of {len(passing):>4}"
        f", {unknown} of high confidence if the exit code is unknown"
    )
    return "\n".join(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path, help="a folder of labelled logs")
    parser.add_argument("--misses", action="store_true", help="print the wrong answers")
    parser.add_argument("--json", action="store_true", help="print each result")
    options = parser.parse_args()
    for folder in options.folders:
        logs = list(labelled(folder))
        results = [measured(label, raw) for label, raw in logs if not label.get("succeeded")]
        if options.json:
            print(json.dumps({each.name: [each.right, each.headline, each.confidence] for each in results}))
            continue
        print(report(folder.name, results, [each for each in logs if each[0].get("succeeded")]))
        wanted = {label["id"]: label["must_mention"] for label, _ in logs}
        for each in results if options.misses else ():
            if not (each.right and each.headline):
                print(f"\n== {each.name} {'right' if each.right else 'WRONG'} {wanted[each.name]}")
                print("\n".join(each.answer[:SHOWN]))


if __name__ == "__main__":
    main()
