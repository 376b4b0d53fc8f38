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
    cause = explained(NOISE + COMPILER + NOISE + MAKE, 2)
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
