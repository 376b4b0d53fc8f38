"""Each answer in JSON stays within a budget, with many jobs and the largest lock: agents pay for what they read."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import pytest
from tests.fakes.ledger import FakeRun, make_project, make_run
from tests.integration.conftest import CHECKOUT, World

from sygaldry.cli._all_verbs import every_verb

_CHARACTERS: Final = 3.6  # of a token
_ERROR: Final = 250  # tokens of an answer that only names a problem and its hint
_LOG: Final = b"".join(b"[%d/4000] Building CXX object src/part%d.cc.o\n" % (n, n) for n in range(4000))
_CAUSE: Final = b"src/io.cc:41:10: fatal error: zlib.h: No such file or directory\nninja: build stopped.\n"


class Budget(NamedTuple):
    """The words after a verb, and the tokens that its answer takes at most."""

    words: tuple[str, ...]
    tokens: int


# Verbs with an answer that grows. A list of packages has a label for each; everything else has a fixed size.
BUDGETS: Final = {
    "config show": Budget((), 1200),
    "doctor": Budget((), 1500),
    "entrypoints": Budget((), 800),
    "env build": Budget(("pkg/zephyr", "--dry-run"), 4500),
    "env cache list": Budget(("pkg/zephyr",), 300),
    "env cache pull": Budget(("pkg/zephyr", "--dry-run"), 4500),
    "env cache sources": Budget(("pkg/zephyr",), 500),
    "env cache status": Budget(("pkg/zephyr",), 2000),
    "env diff": Budget(("pkg/zephyr", "pkg/zephyr-cuda13"), 1500),
    "env graph": Budget(("pkg/zephyr",), 500),
    "env lock": Budget(("pkg/zephyr", "--check"), 400),
    "env status": Budget(("pkg/zephyr",), 500),
    "env verify": Budget(("pkg/zephyr",), 500),
    "env why": Budget(("nccl", "pkg/zephyr"), 800),
    "gpu diagnose": Budget(("--from", "tests/data/gpu/driver-mismatch"), 3000),  # a row for each of 90 checks
    "gpu fixes": Budget((), 1500),
    "gpu inspect": Budget(("--from", "tests/data/gpu/driver-mismatch"), 2500),
    "image status": Budget((), 1500),
    "job explain": Budget(("bad-00",), 400),
    "job health": Budget((), 1500),
    "job list": Budget((), 1300),
    "job logs": Budget(("bad-00",), 22_000),  # --max-bytes 64k
    "job prune": Budget((), 700),
    "job queue": Budget((), 100),
    "job show": Budget(("bad-00",), 800),
    "job status": Budget(("bad-00",), 400),
    "job tail": Budget(("bad-00",), 300),
    "job wait": Budget(("bad-00",), 450),
    "lock": Budget(("--check", "--no-image"), 1500),
    "ps": Budget((), 100),
    "runtimes": Budget((), 400),
    "status": Budget((), 400),
    "storage du": Budget((), 300),
    "storage gc": Budget((), 400),
    "storage show": Budget((), 300),
    "trust": Budget((), 200),
    "verify": Budget((), 1500),
}
# Verbs that answer about the one thing that they were asked to do, or that say what they lack.
FIXED: Final = (
    "bundle apply", "bundle create", "bundle inspect", "bundle verify", "down", "env build-part",
    "env cache keys", "env cache push", "exec", "gpu gate", "image base", "image export", "image pin", "image rm",
    "job forget", "job notify", "job pause", "job resume", "job retry", "job run", "job run-submitted",
    "job run-task", "job send", "job stop", "logs", "stop", "storage adopt", "storage restore",
)  # fmt: skip
OTHER: Final = {
    "completion": "it prints a script",
    "dashboard": "it serves pages",
    "devcontainer": "it writes into the current folder, and its answer is that file",
    "env activate": "it prints a path for the shell",
    "gpu validate": "it runs for minutes; its report has a row a level",
    "image build": "it builds an image",
    "init": "it writes into the current folder",
    "job watch": "it draws a screen",
    "launch": "its output is the command's",
    "metrics": "it prints the text that Prometheus reads",
    "mcp": "it speaks a protocol; its budgets are in tests/integration/mcp",
    "storage init": "it writes into the storage",
    "update": "it asks registries on the network; its answer is the difference of the files that it would write",
    "up": "it starts a container; its answer is a row of ps",
}


def test_every_verb_has_a_budget_or_a_reason_for_none() -> None:
    assert sorted((*BUDGETS, *FIXED, *OTHER)) == sorted(" ".join(words) for words in every_verb())


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Return a project with 60 jobs: lost, failed with a cause and a long log, and many runs of one."""
    root = tmp_path_factory.mktemp("budgets")
    jobs = make_project(root / "storage", "demo", CHECKOUT)
    for number in range(20):
        make_run(jobs, FakeRun(f"bad-{number:02}", "FAILED", 2, log=_LOG + _CAUSE, command="ninja " * 50))
        make_run(jobs, FakeRun(f"lost-{number:02}", "LOST", why="all its processes were killed at once"))
        make_run(jobs, FakeRun("often", age_s=5000 - 10 * number))
        make_run(jobs, FakeRun(f"good-{number:02}"))
    yield World(root / "storage", {"SYGALDRY_PROJECT_ID": "demo", "SYGALDRY_RUNTIME": "sandbox"})
    shutil.rmtree(root)


@pytest.mark.parametrize("verb", [*BUDGETS, *FIXED])
def test_an_answer_stays_within_its_budget(world: World, verb: str) -> None:
    budget = BUDGETS.get(verb, Budget((), _ERROR))
    words = [str(CHECKOUT / word) if Path(CHECKOUT, word).is_dir() else word for word in budget.words]
    done = world.sygaldry(*verb.split(), "--json", *words)
    assert json.loads(done.stdout)["command"] == verb
    assert len(done.stdout) / _CHARACTERS <= budget.tokens, done.stdout[:3000]
