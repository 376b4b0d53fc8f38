"""Shapes of CI logs that misled earlier versions: what the headline names, and what it must not name."""

from typing import NamedTuple

import pytest

from sygaldry import explain
from sygaldry.diagnosis import Cause, Confidence, Facts, Memory


class Case(NamedTuple):
    """A log, its exit code, a part of the right headline, and a part of the wrong one."""

    log: str
    code: int
    right: str
    wrong: str = "no such text in any headline"


RULER = "-" * 79
CASES = {
    "an emoji in the job's name and a mangled byte order mark": Case(
        "🎭 E2E & more\tUNKNOWN STEP\t´╗┐2026-01-01T09:17:31.0049353Z ##[group]Run pnpm install --frozen-lockfile\n"
        "🎭 E2E & more\tUNKNOWN STEP\t2026-01-01T09:17:32.0049353Z Lockfile is up to date\n"
        "🎭 E2E & more\tUNKNOWN STEP\t2026-01-01T09:17:33.0049353Z ModuleNotFoundError: No module named 'shop'\n",
        1,
        "No module named 'shop'",
        "lock file does not fit",
    ),
    "an application command of Buildkite's agent": Case(
        "\x1b_bk;t=1778142104592\x07ValueError: seven is not even\n"
        "\x1b_bk;t=1778142106168\x07🚨 Error: The command exited with status 1\n",
        1,
        "ValueError: seven is not even",
        "bk;t=",
    ),
    "escape sequences in caret notation": Case(
        "^[[1m^[[91merror^[[0m: no rules expected the token\n", 101, "error: no rules expected the token", "^[["
    ),
    "an exception that only reports another program": Case(
        "Traceback (most recent call last):\n"
        '  File "t.py", line 3, in <module>\n    shape()\n'
        "AttributeError: module 'kernels' has no attribute 'gemm'\n"
        "Traceback (most recent call last):\n"
        '  File "run.py", line 9, in <module>\n    raise RuntimeError(name)\n'
        "RuntimeError: test_kernels 1/1 failed!\n",
        1,
        "has no attribute 'gemm'",
    ),
    "a reason that is said to stand above": Case(
        "(Worker pid=7) ERROR 06-19 12:57:13 [core.py:12] KeyError: 'blocks'\n"
        "E   RuntimeError: Engine initialization failed. See root cause above.\n",
        1,
        "KeyError: 'blocks'",
    ),
    "the first of a list of diagnostics": Case(
        "".join(f"  error • Undefined name 'x{n}' • lib/a{n}.dart:{n}:1 • undefined\n" for n in range(1, 4000)),
        1,
        "lib/a1.dart:1:1",
    ),
    "the first error of make -k": Case(
        "a.c:1:24: error: expected expression before ';' token\nmake: *** [Makefile:2: a.o] Error 1\n"
        "b.c:1:10: fatal error: nowhere.h: No such file or directory\nmake: *** [Makefile:2: b.o] Error 1\n",
        2,
        "a.c:1:24",
        "nowhere.h",
    ),
    "the name of a Catch2 test": Case(
        f"{RULER}\nMask fills a hole\n{RULER}\n/app/t.cpp:57\n{'.' * 79}\n\n/app/t.cpp:58: FAILED:\n"
        "  REQUIRE( a == b )\nwith expansion:\n  1 == 0\n",
        8,
        "Mask fills a hole",
    ),
    "the output of a test that CTest numbers": Case(
        "3: Test command: ./sum\n3: Test timeout computed to be: 1500\n3: sum 0xdead is not 0xbeef\n"
        "3/4 Test #3: sum .........***Failed    0.00 sec\n\nThe following tests FAILED:\n\t  3 - sum (Failed)\n",
        8,
        "0xbeef",
        "timeout computed",
    ),
    "a warning of the CI system before its error": Case(
        "##[warning]Failed to download action 'a/b'. Error: timeout\n##[warning]Back off 23 seconds before retry.\n"
        "##[error]Cannot download the archive of a/b\n",
        1,
        "Cannot download the archive",
        "Back off",
    ),
    "an action without an exit line": Case(
        "##[group]Run ./prepare\nFailed to connect to socket /run/bus: No such file or directory\n##[endgroup]\n"
        "##[group]Run vendor/release@v1\n##[endgroup]\n##[error]Validation failed: the asset is too large\n"
        "Post job cleanup.\n",
        1,
        "the asset is too large",
        "/run/bus",
    ),
    "what a script prints before it exits": Case(
        "+ ./check\n+ echo 'the work tree is dirty'\nthe work tree is dirty\n+ exit 1\n+ report_epilogue\n"
        "+ ./statistics\nFailed to upload the statistics\n",
        1,
        "the work tree is dirty",
        "upload",
    ),
    "a list of added packages": Case(
        "+ stream_channel 2.1.4\n+ term_glyph 1.2.2\n"
        "Because every version of app depends on flutter, version solving failed.\n",
        1,
        "version solving failed",
    ),
    "ticks that are no test report": Case(
        "  ✓ app_core\nFailed to install: app_ledger requires the Flutter SDK\n  ✓ app_mev\n",
        1,
        "requires the Flutter SDK",
    ),
    "npm's debug log": Case(
        "19 http fetch GET https://host/a attempt 1 failed with ETIMEDOUT\n"
        "104 error /src/a.cpp(10,5): error C2065: 'parts': undeclared identifier\n",
        1,
        "C2065",
        "ETIMEDOUT",
    ),
    "the innermost reason": Case(
        "error: failed to parse manifest at `/app/Cargo.toml`\n\nCaused by:\n  failed to parse the `edition` key\n\n"
        "Caused by:\n  this version of Cargo is older than the `2024` edition\n",
        101,
        "older than the `2024` edition",
    ),
    "the conclusion of a resolver": Case(
        "  × No solution found when resolving dependencies:\n  ╰─▶ Because only one version of a is available\n"
        + "".join(f"      and a depends on b{n}\n" for n in range(30))
        + "      And because you require b==3.0.2 and a>=0.3.7,\n"
        + "      we can conclude that your requirements are unsatisfiable.\n",
        1,
        "you require b==3.0.2",
    ),
    "the hook that refuses a push": Case(
        'remote: -------\nremote: - Error: "color" must be one of [red, green]\n'
        "remote: see the manual\nremote: -------\n"
        " ! [remote rejected] main -> main (pre-receive hook declined)\n",
        1,
        "must be one of",
    ),
    "an application that does not start": Case(
        "***************************\nAPPLICATION FAILED TO START\n***************************\n\nDescription:\n\n"
        "Cannot configure a DataSource: no url is set.\n\n"
        "[ERROR] Failed to execute goal a:run (default) on project demo: "
        "Process terminated with exit code: 1 -> [Help 1]\n",
        1,
        "no url is set",
    ),
    "a compiler that was killed": Case(
        "Error: cabal: Failed to build chess-0.1 (which is required by\nexe:core). The build process was killed (i.e.\n"
        "SIGKILL). The typical reason is that there is not enough memory\n",
        1,
        "out of memory",
    ),
    "a blank line that has a time": Case(
        "2026-02-07T18:31:07.1Z Execution failed for task ':app:bundle'.\n"
        "2026-02-07T18:31:07.2Z > Process 'node' finished with non-zero exit value 1\n2026-02-07T18:31:07.3Z\n",
        1,
        "':app:bundle'",
        "18:31:07",
    ),
}


def headline(cause: Cause) -> str:
    return " ".join((cause.says, cause.where, *(line.text for line in cause.lines)))


@pytest.mark.parametrize("name", CASES)
def test_the_headline_names_the_cause(name: str) -> None:
    case = CASES[name]
    cause = explain.explain(Memory(case.log.encode()), Facts(case.code))
    assert cause is not None
    assert case.right in headline(cause)
    assert case.wrong not in headline(cause)


def test_a_log_that_lacks_the_cause_ends_with_the_report_of_the_tool() -> None:
    log = "warning: unused variable: `x`\nerror: could not compile `app` (lib) due to 1 previous error\n"
    cause = explain.explain(Memory(log.encode()), Facts(101))
    assert cause is not None
    assert cause.confidence is Confidence.LOW
    assert "could not compile `app`" in "\n".join(explain.answer(cause))


def test_the_last_words_are_those_of_the_failed_step_and_not_of_a_dump_below_it() -> None:
    dump = "".join(f"database line {n} of the container\n" for n in range(20_000))
    step = (
        "##[group]Run ./verify\n##[endgroup]\nResult: 3 passed, 4 not\n##[error]Process completed with exit code 1.\n"
    )
    log = f"{step}{dump}"
    cause = explain.explain(Memory(log.encode()), Facts(1))
    assert cause is not None
    assert any("3 passed, 4 not" in line.text for line in cause.lines)
    assert not any("database line" in line.text for line in cause.lines)


@pytest.mark.parametrize("line", ["error: x.c:3: bad token", "Error: Cannot open the page"])
def test_a_family_is_not_named_for_a_message_that_other_tools_print_too(line: str) -> None:
    cause = explain.explain(Memory(f"{line}\n".encode()), Facts(1))
    assert cause is not None
    assert cause.family not in {"Rust", "OCaml", "Elixir"}


def test_a_deep_path_loses_its_first_folders_and_keeps_its_file() -> None:
    deep = "/tmp/" + "/".join(f"cache{n}" for n in range(40)) + "/include/hll/encoding.h:16:1: error: no such member"
    cause = explain.explain(Memory(f"{deep}\n".encode()), Facts(1))
    assert cause is not None
    assert "include/hll/encoding.h:16:1" in "\n".join(explain.answer(cause))


def test_a_line_of_a_megabyte_is_read_at_both_ends() -> None:
    log = b"x" * 1_000_000 + b" error: the disk of node 7 is gone\n"
    cause = explain.explain(Memory(log), Facts(1))
    assert cause is not None
    assert "the disk of node 7 is gone" in "\n".join(explain.answer(cause))


@pytest.mark.parametrize(
    "log",
    [
        b"\t" * 1_000_000 + b"2026-01-01T00:00:00Z error: x\n",
        b"C:\\" + b"a\\" * 400_000 + b"\nerror: x\n" + b"/a" * 300_000 + b"\n",
        b"error: a\n" + b"Caused by:\n  b\n\n" * 50_000,
        b"".join(
            b"+ exit 1\n##[error]e%d\nsrun: error: n: task 1: Exited with exit code 1\n" % n for n in range(20_000)
        ),
        b"^[[1m" * 200_000 + b"\x1b]0;t" * 100_000,
    ],
)
def test_hostile_shapes_are_answered_in_short_lines(log: bytes) -> None:
    cause = explain.explain(Memory(log), Facts(1))
    assert cause is not None
    assert all(len(line) < 1000 for line in explain.answer(cause))
