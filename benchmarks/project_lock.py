"""How long questions about this repository's lock take: `lock --check`, and `config show`, which reads settings only.

    python -m benchmarks.project_lock [TURNS]

Neither an engine nor a network is asked. Processor time is that of the children: on a busy machine, the clock says
little. The exit code is 1 if a `lock --check` takes a second of it.
"""

import resource
import sys
from pathlib import Path

from benchmarks.ratio import in_turns

CHECKOUT = Path(__file__).resolve().parents[1]
SYGALDRY = str(CHECKOUT / "tools" / "sygaldry")
LIMIT_MS = 1000.0


def processor_ms() -> float:
    """Return the processor time that ended children took."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (used.ru_utime + used.ru_stime) * 1000


def main(words: list[str]) -> int:
    """Measure, print, and compare with the limit."""
    turns, worst = int(words[0]) if words else 20, 0.0
    for name, rest in (("lock --check", ["lock", "--check"]), ("config show", ["config", "show"])):
        before = processor_ms()
        timing = in_turns({name: [SYGALDRY, *rest]}, turns)[name]
        used = (processor_ms() - before) / (turns + 1)  # with the one to warm up
        worst = max(worst, used)
        slowest = max(timing.milliseconds)
        print(f"{name}: median {timing.median:.0f} ms, slowest {slowest:.0f} ms, {used:.0f} ms of processor time each")
    return 1 if worst >= LIMIT_MS else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
