"""Step markers of each tool, and the step that they report as failed."""

import pytest
from tests.unit.explain._explained import explained

from sygaldry import discovery
from sygaldry.explain import sections

SURVIVED = "configure: error: cannot find the optional cache server\n"
OWN = "widget 7 has unknown key: replcias\n"


LOGS = [
    (
        "github",
        (
            f"##[group]Run ./set-up\n##[endgroup]\n{SURVIVED}##[group]Run ./test\n##[endgroup]\n{OWN}"
            f"##[error]Process completed with exit code 1.\nPost job cleanup.\n{SURVIVED}"
        ),
    ),
    (
        "azure",
        (
            f"##[section]Starting: set-up\n{SURVIVED}##[section]Finishing: set-up\n##[section]Starting: test\n{OWN}"
            "##[error]Bash exited with code '1'.\n##[section]Finishing: test\n"
        ),
    ),
    (
        "travis",
        (
            f'$ ./set-up\n{SURVIVED}The command "./set-up" exited with 0.\n$ ./test\n{OWN}'
            f'The command "./test" exited with 1.\n\nDone. Your build exited with 1.\n'
        ),
    ),
    (
        "gitlab",
        (
            f"section_start:1700000000:get_sources\r{SURVIVED}section_end:1700000001:get_sources\r\n"
            f"section_start:1700000002:step_script\r\n$ ./test\n{OWN}section_end:1700000003:step_script\r\n"
            f"section_start:1700000004:after_script\r\n{SURVIVED}ERROR: Job failed: exit code 1\n"
        ),
    ),
    (
        "jenkins",
        (
            f"[Pipeline] {{ (Set-up)\n[Pipeline] sh\n{SURVIVED}[Pipeline] {{ (Test)\n[Pipeline] sh\n{OWN}"
            f"[Pipeline] {{ (Declarative: Post Actions)\n{SURVIVED}ERROR: script returned exit code 1\n"
        ),
    ),
    (
        "buildkite",
        (
            f"~~~ Preparing\n{SURVIVED}--- :hammer: Test\n{OWN}🚨 Error: The command exited with status 1\n"
            f"~~~ Running agent pre-exit hook\n{SURVIVED}"
        ),
    ),
    (
        "circleci",
        f"#!/bin/bash -e\n{SURVIVED}#!/bin/bash -e\n{OWN}Exited with code exit status 1\n",
    ),
    (
        "docker-build",
        (
            f"Step 1/2 : RUN ./set-up\n{SURVIVED}Step 2/2 : RUN ./test\n{OWN}"
            "The command '/bin/sh -c ./test' returned a non-zero code: 1\n"
        ),
    ),
    (
        "buildkit",
        (
            f"#5 [1/2] RUN ./set-up\n#5 0.1 {SURVIVED}#6 [2/2] RUN ./test\n"
            f"#5 0.2 {SURVIVED}#6 0.2 {OWN}#5 DONE 0.3s\n"
            '#6 ERROR: process "/bin/sh -c ./test" did not complete successfully: exit code: 1\n------\n'
            " > [2/2] RUN ./test:\n"
            f'0.2 {OWN}------\nDockerfile:2\nERROR: failed to solve: process "/bin/sh -c ./test" did not complete'
            " successfully: exit code: 1\n"
        ),
    ),
    ("shell-trace", f"+ ./set-up\n{SURVIVED}+ ./test\n{OWN}"),
    (
        "tox",
        (
            f"nox > Running session lint\n{SURVIVED}nox > Session lint was successful.\n"
            f"nox > Running session test\n{OWN}"
            "nox > Command ./test failed with exit code 1\nnox > Session test failed.\n"
        ),
    ),
    ("ninja", f"[1/3] CC a.o\n{SURVIVED}FAILED: b.o \ncc b.c\n{OWN}[2/3] CC c.o\n{SURVIVED}ninja: build stopped\n"),
    (
        "spack",
        (
            f"==> Installing zlib-1.3 [1/2]\n==> zlib: Executing phase: 'build'\n{SURVIVED}"
            "==> zlib: Successfully installed zlib-1.3\n"
            f"==> Installing hdf5-1.14 [2/2]\n==> hdf5: Executing phase: 'build'\n{OWN}"
            "==> Error: ProcessError: Command exited with status 2:\n    'make' '-j2'\n"
        ),
    ),
    (
        "bazel",
        (
            f"INFO: Analyzed target //a:a\n{SURVIVED}ERROR: /w/a/BUILD:3:11: Executing genrule //a:a failed: (Exit 1)\n"
            f"{OWN}Target //a:a failed to build\nINFO: Elapsed time: 1.1s\n{SURVIVED}"
        ),
    ),
    (
        "slurm",
        (
            f"{SURVIVED}srun: error: n1: task 0: Exited with exit code 1\n"
            f"{OWN}srun: error: n1: task 2: Exited with exit code 3\n"
        ),
    ),
    (
        "torchrun",
        (
            f"[rank0]: {SURVIVED}[rank2]: {OWN}"
            "E1128 failed (exitcode: 1) local_rank: 2 (pid: 71) of binary: /usr/bin/python3\n"
        ),
    ),
    ("pods", f"web-1  | {SURVIVED}db-1   | {OWN}web-1 exited with code 0\ndb-1 exited with code 1\n"),
    (
        "pytest",
        (
            f"{SURVIVED}========= test session starts =========\n=============== FAILURES ===============\n"
            f"___________ test_a ___________\n{OWN}E   ValueError: {OWN}"
            "============== short test summary info ==============\n============== 1 failed in 0.10s ==============\n"
        ),
    ),
    ("headings", f"== set-up ==\n{SURVIVED}== build ==\n{OWN}"),
]
BESIDE = {"make", "unittest"}  # each has a test of its own


def test_every_format_has_a_row() -> None:
    assert set(discovery.names(sections)) == {name for name, _ in LOGS} | BESIDE


@pytest.mark.parametrize(("name", "log"), LOGS, ids=[name for name, _ in LOGS])
def test_the_error_of_the_failed_step_is_the_cause(name: str, log: str) -> None:
    cause = explained(log)
    assert any(OWN.strip() in line.text for line in cause.lines), (name, cause)


def test_without_an_error_in_the_failed_step_an_earlier_one_is_kept() -> None:
    log = f'$ ./set-up\n{SURVIVED}$ ./test\nquiet\nThe command "./test" exited with 1.\n'
    assert any(SURVIVED.strip() == line.text for line in explained(log).lines)


def test_the_failed_step_is_the_place() -> None:
    log = f"##[group]Run ./set-up\n{SURVIVED}##[group]Run ./test\n{OWN}##[error]Process completed with exit code 1.\n"
    assert explained(log).where == "./test"


def test_the_failed_step_stands_beside_the_place_that_a_message_states() -> None:
    error = "src/a.c:7:3: error: no member named x"
    log = f"##[group]Run ./test\n##[endgroup]\n{error}\n##[error]Process completed with exit code 1.\n"
    assert explained(log).where == "src/a.c:7:3, in ./test"


def test_a_job_column_keeps_two_jobs_apart() -> None:
    stamp = "2026-11-28T07:00:00.0000000Z"
    log = (
        f"lint\tRun\t{stamp} {SURVIVED}build\tTest\t{stamp} {OWN}lint\tRun\t{stamp} {SURVIVED}"
        f"build\tTest\t{stamp} ##[error]Process completed with exit code 1.\n"
    )
    assert explained(log).lines[0].text == OWN.strip()


def test_a_traced_command_without_output_is_the_cause() -> None:
    cause = explained("+ echo error handling is on\nerror handling is on\n+ test -f /srv/artifact.bin\n")
    assert cause.says == "the last command failed without an error message: test -f /srv/artifact.bin"


def test_the_answer_does_not_depend_on_the_hash_seed() -> None:
    log = f"==> Installing a-1\n==> Error: ProcessError: exited 1\n{OWN}==> Installing b-1\n[+] /b\n"
    assert len({explained(log).lines for _ in range(3)}) == 1


def test_failed_tests_that_a_script_survived_are_not_the_failed_step() -> None:
    more = "".join(f"packing part {n}\n" for n in range(80))
    reports = (
        "=========== FAILURES ===========\n_______ test_a _______\nE   assert 1 == 2\n==== 1 failed in 0.1s ====\n"
    )
    error = "a.c:7:3: error: no member named x"
    assert explained(f"{reports}{more}{error}\n").lines[0].text == error
    step = f"##[group]Run ./all\n##[endgroup]\n{reports}{more}{error}\n##[error]Process completed with exit code 1.\n"
    assert explained(step).lines[0].text == error


def test_markers_in_the_report_of_a_test_are_quoted_output() -> None:
    log = (
        "=== test session starts ===\n=== FAILURES ===\n___ test_a ___\n--- Captured stdout call ---\n"
        f"+ ./deploy\n== pack ==\nuploading\n___ test_b ___\nE   ValueError: {OWN}=== short test summary info ===\n"
        "FAILED t.py::test_a\n=== 2 failed in 0.10s ===\n"
    )
    cause = explained(log)
    assert any(OWN.strip() in line.text for line in cause.lines)
    assert "test_b" in cause.where


def test_the_report_of_a_unittest_is_the_failed_step() -> None:
    log = (
        f"{SURVIVED}======================\nFAIL: test_a (t.A)\n----------------------\n"
        "Traceback (most recent call last):\n"
        '  File "t.py", line 3, in test_a\nAssertionError: 3 != 4\n\n----------------------\nRan 3 tests in 0.1s\n'
    )
    cause = explained(log)
    assert any("3 != 4" in line.text for line in cause.lines)
    assert cause.step_failed


def test_with_interleaved_output_the_file_of_the_failed_target_is_the_cause() -> None:
    log = (
        "cc -c a3.c -o a3.o\ncc -c gen.c -o gen\n"
        "gen.c:9:2: error: 'x' undeclared\na3.c:1:9: error: 'y' undeclared\nmake: [Makefile:9: gen] Error 1 (ignored)\n"
        "make: *** [Makefile:5: a3.o] Error 1\nmake: *** Waiting for unfinished jobs....\ncc -c a4.c -o a4.o\n"
    )
    cause = explained(log, 2)
    assert "'y'" in cause.lines[0].text


def test_spack_reports_a_package_as_begun_after_its_failure_where_the_output_is_a_file() -> None:
    log = (
        "==> No binary for labgrid-1.0-2qvg5bbxqtbxmnj2iowkh3ve6ikjwp3s found: installing from source\n"
        "==> labgrid: Executing phase: 'build'\n==> Error: ProcessError: Command exited with status 2:\n    'make'\n"
        "==> Installing labgrid-1.0-2qvg5bbxqtbxmnj2iowkh3ve6ikjwp3s [7/8]\n\n1 error found in build log:\n"
        "     6     cc -c io.c\n"
        "  >> 7     cell.cpp:3:82: error: 'const struct Cell' has no member named 'volum\n           e'\n"
    )
    cause = explained(log)
    assert cause.step_failed
    assert "labgrid-1.0" in cause.where
    assert cause.lines[0].text.endswith("no member named 'volume'")
