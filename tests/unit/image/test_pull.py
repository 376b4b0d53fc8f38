"""Why a pull failed: a status of HTTP is not a part of a port, of a digest or of a name."""

import pytest

from sygaldry.image.pull import failure_cause

_HEAD = "Error response from daemon: "
_TRUST = "the certificate of the registry is not trusted"
_LOGIN = "the registry refused the credentials, or needs some"
_ABSENT = "the registry has no such image"


@pytest.mark.parametrize(
    ("lines", "cause"),
    [
        (['Get "https://192.0.2.2:34015/v2/": x509: certificate signed by unknown authority'], _TRUST),
        (['Get "https://192.0.2.2:401/v2/": x509: certificate signed by unknown authority'], _TRUST),
        (["3c0148f34015: Pulling fs layer", "tls: failed to verify certificate"], _TRUST),
        (['Get "https://192.0.2.2:40404/v2/": dial tcp: connection refused'], "the registry cannot be reached"),
        (["reading team/404: dial tcp: i/o timeout"], "the registry cannot be reached"),
        (["unexpected status code 401"], _LOGIN),
        (["received unexpected HTTP status: 401: go away"], _LOGIN),
        (["unexpected http response code: 404."], _ABSENT),
    ],
)
def test_a_status_is_a_number_of_its_own(lines: list[str], cause: str) -> None:
    said = [*lines[:-1], _HEAD + lines[-1]]
    assert failure_cause(said, "docker", "192.0.2.2:34015/team/dev:1", "x86_64")[0] == cause
