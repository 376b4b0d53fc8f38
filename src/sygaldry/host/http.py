"""Fetch a small document from an HTTP or OCI server, in bounded time and size."""

from __future__ import annotations

from sygaldry.model.errors import MachineNotReadyError, NotFoundError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_TIMEOUT_S = 15


_ABSENT = (404, 410)
_FORBIDDEN = 403


class ForbiddenError(MachineNotReadyError):
    """The server answered 403; a bucket without list permission answers that for every missing key."""


def fetch(url: str, limit_bytes: int, headers: Mapping[str, str] | None = None, *, whole: bool = True) -> bytes:
    """Return the body of a response, or with `whole=False` at most its first `limit_bytes`.

    Raises NotFoundError when the server answers that the document does not exist, else MachineNotReadyError.
    """
    from urllib.error import HTTPError, URLError
    from urllib.request import Request, urlopen

    if not url.startswith(("http://", "https://")):
        raise MachineNotReadyError(f"{url} is not an http address")
    try:
        with urlopen(Request(url, headers=dict(headers or {})), timeout=_TIMEOUT_S) as answer:  # noqa: S310 - checked above
            body: bytes = answer.read(limit_bytes + whole)
    except HTTPError as error:
        if error.code in _ABSENT:
            raise NotFoundError(f"{url} answered {error.code} {error.reason}") from error
        kind = ForbiddenError if error.code == _FORBIDDEN else MachineNotReadyError
        raise kind(f"{url} answered {error.code} {error.reason}") from error
    except (URLError, OSError) as error:
        reason = getattr(error, "reason", error)
        raise MachineNotReadyError(
            f"{url} cannot be reached: {reason}", hint="is the address right, and the server up?"
        ) from error
    if len(body) > limit_bytes:
        raise MachineNotReadyError(f"{url} is larger than {limit_bytes} bytes")
    return body
