"""A program that ends with a message of its own has caught the tracebacks that it printed above."""

from tests.unit.explain._explained import explained

HEAD = 'Traceback (most recent call last):\n  File "/src/a.py", line 4, in <module>\n    run()\n'


def test_a_program_that_ends_itself_survived_the_tracebacks_that_it_printed() -> None:
    trace = f"{HEAD}ModuleNotFoundError: No module named 'h5py'\n"
    end = "plugins: ['csv', 'json']\na.py: error: unknown input format: 'parquet'\n"
    assert "parquet" in explained(trace + end, 2).says
    assert "h5py" in explained(trace + end.replace("a.py:", "make:"), 2).says


def test_a_message_directly_below_a_traceback_reports_that_one() -> None:
    log = f"{HEAD}KeyError: 'devices'\na.py: error: could not start\n"
    assert explained(log, 1).says == "KeyError: 'devices'"
