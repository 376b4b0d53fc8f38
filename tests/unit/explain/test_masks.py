"""Lines of passing, skipped and expected-to-fail tests, probes and echoes are never the cause."""

import pytest

from sygaldry import discovery, explain
from sygaldry.diagnosis import Facts, Memory
from sygaldry.explain import masks

ALARM = "fatal error: cannot connect to database"
CAUSE = "src/a.c:7:3: error: no member named x"

LOGS = {
    "pytest": "t.py::test_errors PASSED fatal error: cannot connect to database\n",
    "pytest-listings": f"____ test_a ____\n\n    def test_a():\n        log = 3\n{ALARM}\n>       check(log)\n",
    "pytest-locals": f"E   x\n\n{ALARM}\n\nt.py:3: AssertionError\n",
    "unittest": f"test_a (t.A) ... \n{ALARM}\nok\n",
    "go-test": f"=== RUN   TestA\n{ALARM}\n--- PASS: TestA (0.00s)\n",
    "googletest": f"[ RUN      ] A.b\n{ALARM}\n[       OK ] A.b (0 ms)\n",
    "ctest": f"      Start  1: a\n{ALARM}\n 1/2 Test  #1: a ......   Passed    0.01 sec\n",
    "tap": "ok 1 - fatal error: cannot connect to database\n",
    "spec": f"  ✓ one\n{ALARM}\n  ✓ two\n  2 passing (3ms)\n",
    "jest": f"PASS t/a.test.js\n{ALARM}\nPASS t/b.test.js\n",
    "surefire": f"[INFO] Running a.BTest\n{ALARM}\n[INFO] Tests run: 3, Failures: 0, Errors: 0, Skipped: 0\n",
    "skipped-tests": f"(skip) throws a {ALARM}\n",
    "exunit": f"  * test {ALARM} (0.1ms) [L#5]\n",
    "meson-tests": f" 3/10 unit / {ALARM}        EXPECTEDFAIL    0.01s\n",
    "julia-tests": f"{ALARM} |    3      3  0.1s\n",
    "rust-tests": f"test panics - should panic ... \n{ALARM}\nok\n",
    "config-log": (
        "This file contains any messages produced by compilers while\n"
        f"configure:7: checking for x\n{ALARM}\nconfigure:9: checking for y\n"
    ),
    "probes": "checking for fatal error: cannot connect to database... no\n",
    "listings": f"+ echo {ALARM}\n",
    "github-listing": f"##[group]Run ./test\n{ALARM}\nshell: /usr/bin/bash -e {{0}}\n##[endgroup]\n",
    "access-log": f'10.0.0.7:5 - "GET /api/{ALARM.replace(" ", "-")} HTTP/1.1" 404 Not Found\n',
    "numbered-sources": f"  →  72│     raise {ALARM}\n",
    "npm-log": "19 http fetch GET fatal error: cannot connect to database\n",
    "powershell": f"At line:1 char:5\n{ALARM}\n    + FullyQualifiedErrorId : NativeCommandError\n",
    "mirrors": f"==> Fetching file:///m/a.tgz\n{ALARM}\n==> Fetching https://b.example/a.tgz\n",
    "retries": f"{ALARM}, retrying in 3 s\n",
    "known-noise": f"E00 b.cc:9] Unable to register cuBLAS factory: {ALARM}, factory for plugin cuBLAS\n",
    "report-sections": f"==== PASSES ====\n{ALARM}\n==== short test summary info ====\n",
}


def test_every_mask_has_a_row() -> None:
    assert set(LOGS) == set(discovery.names(masks))


@pytest.mark.parametrize("name", LOGS)
def test_a_masked_line_is_not_the_cause(name: str) -> None:
    cause = explain.explain(Memory(f"{CAUSE}\n{LOGS[name]}".encode()), Facts(1))
    alone = explain.explain(Memory(LOGS[name].encode()), Facts(1))
    assert cause is not None
    assert cause.lines[0].text == CAUSE
    assert alone is not None
    assert not alone.identified


@pytest.mark.parametrize("output", ["", "env:\n  A=1\n", "shell: zsh 5.9\n"])
def test_a_group_that_a_script_prints_around_its_output_is_no_listing(output: str) -> None:
    log = f"##[group]Run ./test\n{output}{CAUSE}\n##[endgroup]\n##[error]Process completed with exit code 1.\n"
    cause = explain.explain(Memory(log.encode()), Facts(1))
    assert cause is not None
    assert cause.lines[0].text == CAUSE


def test_the_inputs_of_an_action_are_a_listing() -> None:
    log = f"{CAUSE}\n##[group]Run vendor/check@v2\nwith:\n  hint: {ALARM}\n##[endgroup]\n"
    cause = explain.explain(Memory(log.encode()), Facts(1))
    assert cause is not None
    assert cause.lines[0].text == CAUSE


def test_a_build_step_header_is_not_the_cause() -> None:
    log = '#6 [3/3] RUN echo unknown key: port; exit 3\n#6 ERROR: process "/bin/sh -c x" did not complete\n'
    cause = explain.explain(Memory(log.encode()), Facts(1))
    assert cause is not None
    assert not cause.identified


@pytest.mark.parametrize(
    "line",
    [
        f" ↓ src/a.test.ts > {ALARM}",
        f"    ○ skipped {ALARM}",
        f"﹣ {ALARM} (1.2ms) # SKIP",
        f"(pass) foo > {ALARM} [0.1ms]",
        f"{ALARM} ... ok (5ms)",
        f" - a (skipped: {ALARM})",
        f"    works (PENDING: {ALARM})",
        f" 3/10 unit / {ALARM}        OK      0.01s",
        f"  * test {ALARM} (excluded) [L#5]",
    ],
)
def test_passing_and_skipped_tests_of_every_runner_are_no_cause(line: str) -> None:
    log = (
        f"start\n{line}\n"
        + "done\n" * 4
        + "custom-tool: step 7 stopped\n##[error]Process completed with exit code 1.\n"
    )
    cause = explain.explain(Memory(log.encode()), Facts(1))
    assert cause is not None
    assert ALARM not in "\n".join(explain.answer(cause, 60)[:2])


@pytest.mark.parametrize(
    "line",
    [
        f" 3/10 unit / {ALARM}        FAIL      0.01s",
        f"{ALARM} |    3      1      4  0.1s",
        f"{ALARM} ... FAILED (5ms)",
    ],
)
def test_failing_tests_of_these_runners_are_shown(line: str) -> None:
    cause = explain.explain(Memory(f"start\n{line}\ncustom-tool: step 7 stopped\n".encode()), Facts(1))
    assert cause is not None
    assert ALARM in "\n".join(explain.answer(cause, 200))
