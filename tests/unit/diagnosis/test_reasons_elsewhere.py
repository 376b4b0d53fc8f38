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


def test_an_error_of_closing_does_not_hide_the_one_that_closed() -> None:
    log = (
        f"{HEAD}ValueError: invalid literal for int() with base 10: 'abc'\n\n"
        "During handling of the above exception, another exception occurred:\n\n"
        'Traceback (most recent call last):\n  File "/src/etl.py", line 10, in <module>\n    with Sink() as sink:\n'
        '  File "/src/etl.py", line 7, in __exit__\n    self.db.commit()\n'
        "sqlite3.ProgrammingError: Cannot operate on a closed database.\n"
    )
    assert explained(log).says == "ValueError: invalid literal for int() with base 10: 'abc'"


def test_the_sentence_of_a_raised_from_has_both_errors() -> None:
    log = (
        f"{HEAD}pyarrow.lib.ArrowInvalid: Failed to parse string: 'four' as int32\n\n"
        "The above exception was the direct cause of the following exception:\n\n{second}"
    )
    vague = f"{HEAD}datasets.exceptions.DatasetGenerationError: An error occurred while generating the dataset\n"
    assert explained(log.format(second=vague)).says == "ArrowInvalid: Failed to parse string: 'four' as int32"
    telling = f"{HEAD}app.errors.ShardError: shard 3 of gears.parquet is not usable\n"
    assert explained(log.format(second=telling)).says == (
        "ShardError: shard 3 of gears.parquet is not usable,"
        " because of ArrowInvalid: Failed to parse string: 'four' as int32"
    )


def test_a_pipeline_that_did_not_finish_leaves_the_reason_to_its_program() -> None:
    log = (
        f"{HEAD}AssertionError: sample S2 has no reads after trimming\n"
        "01:31:27 | ERROR | Pipeline aborted. Check the stage log for details.\n"
        f"{HEAD}subprocess.CalledProcessError: Command '['python', 'stage2.py']' returned non-zero exit status 1.\n\n"
        "The above exception was the direct cause of the following exception:\n\n"
        f"{HEAD}RuntimeError: pipeline did not finish\n"
    )
    assert "no reads after trimming" in explained(log).says


def test_of_a_usage_that_an_exception_quotes_the_error_is_shown() -> None:
    log = (
        f"{HEAD}RuntimeError: convert failed with 2:\nusage: convert [-h] [--dpi DPI] src\n"
        "convert: error: argument --dpi: invalid int value: 'auto'\n"
    )
    assert "argument --dpi: invalid int value: 'auto'" in explained(log).says


def test_a_cause_of_uv_without_a_name_is_shown_with_its_subject() -> None:
    log = "error: Failed to spawn: serve\n  cause: No such file or directory (os error 2)\n"
    assert explained(log).says == "Failed to spawn: serve: No such file or directory (os error 2)"


def test_the_statement_below_a_warning_of_python_is_no_error() -> None:
    log = (
        "/src/resume.py:4: UserWarning: CUDA initialization: no CUDA-capable device is detected\n"
        '  warnings.warn("CUDA initialization: no CUDA-capable device is detected", UserWarning)\n'
        f"{HEAD}RuntimeError: Error(s) in loading state_dict for Net:\n"
        '\tMissing key(s) in state_dict: "body.0.weight", "body.0.bias".\n'
    )
    assert "body.0.weight" in explained(log).says


def test_what_a_test_of_unittest_printed_explains_a_bare_assertion() -> None:
    log = (
        "test_bad_input (__main__.T.test_bad_input) ... error: bad input\nok\n"
        "test_main (__main__.T.test_main) ... Traceback (most recent call last):\n"
        '  File "<string>", line 1, in <module>\n'
        "json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)\nFAIL\n\n"
        f"{'=' * 70}\nFAIL: test_main (__main__.T.test_main)\n{'-' * 70}\n"
        'Traceback (most recent call last):\n  File "/src/test_a.py", line 6, in test_main\n'
        "    self.assertEqual(p.returncode, 0)\nAssertionError: 1 != 0\n\n"
        f"{'-' * 70}\nRan 2 tests in 0.109s\n\nFAILED (failures=1)\n"
    )
    assert "JSONDecodeError: Expecting value" in explained(log).says


def test_an_example_of_doctest_is_shown_with_what_it_printed() -> None:
    log = (
        f"{'*' * 70}\n" + 'File "/src/gears.py", line 5, in gears.ratio\n'
        "Failed example:\n    ratio(1, 3)\nExpected:\n    0.333\nGot:\n    0.3333333333333333\n"
        f"{'*' * 70}\n1 items had failures:\n   1 of   2 in gears.ratio\n***Test Failed*** 1 failures.\n"
    )
    assert "a doctest fails: ratio(1, 3) -> 0.3333333333333333" in explained(log).says


def test_an_extension_of_an_old_set_up_script_names_its_compiler_error() -> None:
    log = (
        '      g/g.c:4:2: error: #error "libgear 2 or newer is required"\n'
        "      error: command '/usr/bin/gcc' failed\n"
        "      [end of output]\n  note: This error originates from a subprocess\nerror: legacy-install-failure\n\n"
        "× Encountered error while trying to install package.\n╰─> g\n"
    )
    assert "libgear 2" in explained(log).says


def test_a_warning_that_a_program_proceeds_is_not_why_it_failed() -> None:
    warning = "[2020-12-24 16:25:13,160] [WARNING] Unable to find hostfile, will proceed with local resources only.\n"
    assert "name 'x' is not defined" in explained(f"{warning}{HEAD}NameError: name 'x' is not defined\n").says


def test_a_call_that_a_mock_did_not_get_is_shown_with_the_one_it_got() -> None:
    log = (
        "________________________________ test_notify _________________________________\n"
        "E           AssertionError: expected call not found.\n"
        "E           Expected: mock('a@b', priority=1)\nE             Actual: mock('a@b', priority=2)\n\n"
        "test_a.py:5: AssertionError\n"
    )
    assert "Expected mock('a@b', priority=1); Actual mock('a@b', priority=2)" in explained(log).says


def test_a_summary_that_only_names_a_program_has_what_the_program_printed() -> None:
    error = "subprocess.CalledProcessError: Command '['bash',..."
    log = (
        "---------------------------- Captured stderr setup -----------------------------\n"
        "FATAL: database files are incompatible with server\n"
        "=========================== short test summary info ============================\n"
        + "".join(f"ERROR test_a.py::test_a[{n}] - {error}\n" for n in range(9))
        + "9 errors in 3.59s\n"
    )
    assert "database files are incompatible" in explained(log).says


def test_an_error_in_a_box_is_its_text() -> None:
    side = "│ Invalid value for '--lr': Input should be less than or equal to 1     │\n"
    log = f"Usage: cli.py fit [OPTIONS]\n╭─ Error {'─' * 62}╮\n{side}╰{'─' * 70}╯\n"
    assert explained(log, 2).says == "Invalid value for '--lr': Input should be less than or equal to 1"


def test_the_message_of_an_assertion_may_begin_with_progress() -> None:
    log = (
        "__________________________________ test_tool ___________________________________\n"
        "E       AssertionError: tool: reading config\n"
        "E         tool: error: section [gears] has no key 'teeth'\nE         \nE       assert 1 == 0\n\n"
        "test_a.py:4: AssertionError\n"
    )
    assert "section [gears] has no key 'teeth'" in explained(log).says


def test_a_lookup_that_failed_is_shown_with_the_warning_above_it() -> None:
    warning = "warning: ignoring invalid pyproject.toml: Illegal character (at line 3, column 10)\n"
    assert "Illegal character (at line 3" in explained(f"{warning}{HEAD}KeyError: 'tool'\n").says
    assert explained(f"warning: 3 rows are new\n{HEAD}KeyError: 'tool'\n").says == "KeyError: 'tool'"


def test_requirements_that_conflict_are_in_the_sentence() -> None:
    log = (
        "ERROR: Cannot install idna>=3 because these package versions have conflicting dependencies.\n\n"
        "The conflict is caused by:\n    The user requested idna>=3\n    The user requested (constraint) idna==2.0\n\n"
        "ERROR: ResolutionImpossible: for help visit https://pip.pypa.io/\n"
    )
    assert "The user requested idna>=3; The user requested (constraint) idna==2.0" in explained(log).says


def test_what_pip_check_misses_is_named_from_the_first_on() -> None:
    log = "".join(f"requests 2.31.0 requires {name}, which is not installed.\n" for name in ("certifi", "idna"))
    assert "requires certifi" in explained(log).says


def test_an_error_below_a_block_that_is_left_does_not_hide_why_it_was_left() -> None:
    log = (
        f"{HEAD}ValueError: unit of torque is 'lbft', expected 'Nm'\n\n"
        "During handling of the above exception, another exception occurred:\n\n"
        'Traceback (most recent call last):\n  File "/src/a.py", line 5, in <module>\n    with Work() as d:\n'
        '  File "/src/a.py", line 4, in __exit__\n    shutil.rmtree(self.d)\n'
        '  File "/usr/lib/python3.11/shutil.py", line 722, in rmtree\n    onerror(os.lstat, path, sys.exc_info())\n'
        "FileNotFoundError: [Errno 2] No such file or directory: '/tmp/tmpi7vdliks'\n"
    )
    assert explained(log).says == "ValueError: unit of torque is 'lbft', expected 'Nm'"


def test_a_heading_below_a_heading_announces_what_follows_it() -> None:
    log = (
        "SystemCheckError: System check identified some issues:\n\nERRORS:\n"
        "shop.Gear.box: (fields.E300) Field defines a relation with model 'shop.Box', which is not installed.\n"
    )
    assert "shop.Box" in explained(log).says


def test_a_warning_that_counts_as_an_error_is_in_the_sentence() -> None:
    log = (
        "INFO    -  Building documentation\nWARNING -  A reference to 'api.md' is not found.\n"
        "\nAborted with 1 warnings in strict mode!\n"
    )
    assert "a warning counts as an error here: A reference to 'api.md' is not found" in explained(log).says
