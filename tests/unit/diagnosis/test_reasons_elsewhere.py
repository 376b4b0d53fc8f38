"""Reasons that stand beside an exception: below an announcement, in captured output, in the error that replaced it."""

from tests.unit.explain._explained import explained

from sygaldry import explain

HEAD = (
    'Traceback (most recent call last):\n  File "/src/train.py", line 4, in <module>\n    from trl import GKDTrainer\n'
)


def test_an_error_that_is_announced_twice_is_shown() -> None:
    log = (
        f"{HEAD}RuntimeError: Failed to import trl because of the following error (look up to see its traceback):\n"
        "Failed to import transformers because of the following error (look up to see its traceback):\n"
        "/usr/lib/flash_attn_2_cuda.so: undefined symbol: _ZN3c105ErrorC2E\n"
    )
    assert "undefined symbol" in explained(log).says


def test_a_program_that_python_did_not_find_is_told_by_the_error_that_replaced_it() -> None:
    log = (
        "      Traceback (most recent call last):\n"
        '        File "<string>", line 29, in <module>\n'
        "      FileNotFoundError: [Errno 2] No such file or directory: 'dot'\n      \n"
        "      The above exception was the direct cause of the following exception:\n      \n"
        "      Traceback (most recent call last):\n"
        '        File "<string>", line 31, in <module>\n'
        "      FileNotFoundError:\n      \n      Could not find `dot` executable!\n"
        "      Graphviz must be installed to build pygraphviz from source.\n      [end of output]\n"
    )
    assert "Graphviz must be installed" in "\n".join(explain.answer(explained(log)))


def test_a_file_that_a_program_did_not_write_gives_way_to_that_program() -> None:
    trace = HEAD.replace("from trl import GKDTrainer", "open(name)")
    log = (
        f"Could not find script run.py\n{trace}FileNotFoundError: [Errno 2] No such file or directory: 'run.py.lprof'\n"
    )
    assert "script run.py" in explained(log).says
    other = log.replace("run.py.lprof", "weights.lprof")
    assert "weights.lprof" in explained(other).says


def test_a_vague_assertion_is_explained_by_what_the_test_logged() -> None:
    log = (
        "=================================== FAILURES ===================================\n"
        "__________________________________ test_rate ___________________________________\n"
        ">       assert r.exit_code == 0\nE       assert 4 == 0\n"
        "E        +  where 4 = <Result SystemExit(4)>.exit_code\n\n"
        "test_cli.py:19: AssertionError\n"
        "------------------------------ Captured log call -------------------------------\n"
        "ERROR    svc:test_cli.py:13 cannot write the report\n{trace}"
        "=========================== short test summary info ============================\n"
        "FAILED test_cli.py::test_rate - assert 4 == 0\n"
        "========================= 1 failed, 1 passed in 0.04s =========================\n"
    )
    trace = f"{HEAD}PermissionError: [Errno 13] Permission denied: '/srv/out'\n"
    assert "Permission denied: '/srv/out'" in explained(log.format(trace=trace)).says
    assert "assert 4 == 0; the test printed: cannot write the report" in explained(log.format(trace="")).says


def test_the_fields_of_printed_objects_are_left_out_before_words() -> None:
    from sygaldry.explain.text import shorten

    text = (
        "IndivisibleError: Sharding NamedSharding(mesh=Mesh('data': 4, axis_types=(Auto,)), spec=P('data', None))"
        " implies that array axis 0 is partitioned 4 times, but the dimension size is 10"
    )
    assert shorten(text, 140) == (
        "IndivisibleError: Sharding NamedSharding(…)"
        " implies that array axis 0 is partitioned 4 times, but the dimension size is 10"
    )
    assert "ValueError('the table=gears is empty')" in shorten(
        f"{'x' * 200} ValueError('the table=gears is empty')", 160
    )
