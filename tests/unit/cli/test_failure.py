"""A failure is reported with its exit code: what the machine refuses is no bug of Sygaldry."""

import errno
import os

import pytest

from sygaldry.cli._failure import report_failure
from sygaldry.cli._resolve_verb import Invocation
from sygaldry.model.exit_codes import INTERNAL_ERROR, NOT_READY


@pytest.mark.parametrize(
    ("number", "look"), [(errno.EACCES, "ls -ld /some/file"), (errno.ENOSPC, "df -h"), (errno.EROFS, "df -h")]
)
def test_what_the_machine_refuses_is_no_internal_error(
    number: int, look: str, capsys: pytest.CaptureFixture[str]
) -> None:
    error = OSError(number, os.strerror(number), "/some/file")
    assert report_failure(error, Invocation((), [])) == NOT_READY
    text = capsys.readouterr().err
    assert f"cannot use /some/file: {os.strerror(number)}" in text
    assert look in text
    assert "internal error" not in text


@pytest.mark.parametrize("error", [OSError(errno.EINVAL, "Invalid argument", "/some/file"), OSError(errno.EACCES, "x")])
def test_an_unexpected_error_is_a_bug(error: OSError, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(OSError) as raised:  # noqa: PT011 - with its traceback, as it comes
        raise error
    assert report_failure(raised.value, Invocation((), [])) == INTERNAL_ERROR
    assert "internal error" in capsys.readouterr().err
