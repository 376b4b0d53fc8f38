"""The flow behind `sygaldry job explain`."""

import json
from pathlib import Path

import pytest

from sygaldry.diagnosis import Facts, Memory
from sygaldry.flows.job.explain_log import LogRequest, explain_log, explain_source
from sygaldry.model.errors import NotFoundError, UsageError

LOG = "building\n" * 300 + "tool.sh: line 4: snowdoc: command not found\n"


@pytest.fixture
def log(tmp_path: Path) -> str:
    path = tmp_path / "build.log"
    path.write_text(LOG)
    return str(path)


def test_a_log_and_its_exit_code_give_the_cause(log: str) -> None:
    report = explain_log(LogRequest((log,), "127", "", "200"))
    assert report.exit_code == 0
    assert report.lines[0].startswith("exited 127 (a program was not found): snowdoc is not installed")
    assert report.lines[1] == "301: tool.sh: line 4: snowdoc: command not found"


def test_the_data_holds_every_line_with_its_offset(log: str) -> None:
    data = json.loads(json.dumps(explain_log(LogRequest((log,), "127", "", "200")).data))
    line = data["cause"]["lines"][0]
    assert LOG.encode()[line["offset"] :].startswith(b"tool.sh: line 4")
    assert data["cause"]["class"] == "deterministic"


def test_a_success_is_reported_as_one(log: str) -> None:
    report = explain_log(LogRequest((log,), "0", "", "200"))
    assert report.lines == ("exited 0: the job succeeded; there is no cause to look for",)
    assert report.data["cause"] is None


def test_a_longer_answer_shows_how_the_log_ends() -> None:
    report = explain_source(Memory(LOG.encode()), Facts(127), 1200)
    assert "the end:" in report.lines
    assert report.lines[-1] == "301: tool.sh: line 4: snowdoc: command not found"


def test_a_good_run_silences_its_own_lines(log: str, tmp_path: Path) -> None:
    good = tmp_path / "good.log"
    good.write_text(LOG)
    assert (
        explain_log(LogRequest((log,), "1", str(good), "200")).lines[0]
        != explain_log(LogRequest((log,), "1", "", "200")).lines[0]
    )


def test_a_negative_code_is_a_signal(log: str) -> None:
    assert explain_log(LogRequest((log,), "-9", "", "200")).lines[0].startswith("killed by SIGKILL (137)")


@pytest.mark.parametrize("code", ["x", "256", "-65", ""])
def test_an_invalid_exit_code_is_refused(log: str, code: str) -> None:
    with pytest.raises(UsageError, match="is not a valid exit code"):
        explain_log(LogRequest((log,), code, "", "200"))


@pytest.mark.parametrize("tokens", ["0", "-3", "many", "9", "1e3", "\u0663\u0664\u0664", "9" * 5000])
def test_too_few_tokens_are_refused(log: str, tokens: str) -> None:
    with pytest.raises(UsageError, match=r"too small|not a valid number"):
        explain_log(LogRequest((log,), "1", "", tokens))


def test_a_missing_log_is_an_error() -> None:
    with pytest.raises(NotFoundError, match="does not exist"):
        explain_log(LogRequest(("/nowhere/build.log",), "1", "", "200"))


def test_no_log_at_all_is_an_error() -> None:
    with pytest.raises(UsageError) as raised:
        explain_log(LogRequest((), "1", "", "200"))
    assert "--log" in raised.value.hint
