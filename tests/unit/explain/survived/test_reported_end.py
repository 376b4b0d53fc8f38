"""What a script prints below its own report of the failure only tidies up."""

import pytest
from tests.unit.explain._explained import explained

NESTED = """[build] codegen
[codegen] schema/a.idl
[codegen] schema/b.idl
[codegen] schema/b.idl has no version line
Build failed with exit code 2
See the log above for details
Archiving logs...
tar: nolog: Cannot stat: No such file or directory
tar: Exiting with failure status due to previous errors
"""
BACKUP = """[INFO] dumping database
pg_dump: error: connection to server at "127.0.0.1", port 55999 failed: Connection refused
[ERROR] dump failed
[INFO] sending alert
/srv/backup.sh: line 8: sendmail-x: command not found
"""


@pytest.mark.parametrize(
    ("log", "code", "reason"), [(NESTED, 2, "has no version line"), (BACKUP, 1, "Connection refused")]
)
def test_the_tidying_is_not_the_cause(log: str, code: int, reason: str) -> None:
    cause = explained(log, code)
    assert reason in f"{cause.says} {cause.lines[0].text}"


def test_the_report_of_another_code_ends_nothing() -> None:
    assert "nolog" in explained(NESTED.replace("code 2", "code 3").replace("Archiving logs...\n", ""), 2).says


def test_an_error_of_its_own_below_the_report_is_the_cause() -> None:
    log = "check of the mirror failed with exit code 1\nupload.c:9:2: error: 'retries' undeclared\n"
    assert "retries" in explained(log).says


def test_a_report_that_quotes_its_output_below_ends_nothing() -> None:
    log = """build_meta failed with exit status: 1
[stderr]
Traceback (most recent call last):
  File "setup.py", line 3, in <module>
ModuleNotFoundError: No module named 'torch'
"""
    assert "torch" in explained(log).says
