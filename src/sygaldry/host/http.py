"""Fetch a small document from an HTTP or OCI server, in bounded time and size."""

from __future__ import annotations

from sygaldry.model.errors import MachineNotReadyError, NotFoundError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_TIMEOUT_S = 15.0  # of one read
_WHOLE_TIMEOUT_S = 60.0  # of the whole answer: a server may send a byte at a time

_ABSENT = (404, 410)
_FORBIDDEN = 403


class ForbiddenError(MachineNotReadyError):
    """The server answered 403; a bucket without list permission answers that for every missing key."""


def fetch(url: str, limit_bytes: int, headers: Mapping[str, str] | None = None, *, whole: bool = True) -> bytes:
    """Return the body of a response, or with `whole=False` at most its first `limit_bytes`.

    Raises NotFoundError when the server answers that the document does not exist, else MachineNotReadyError.
    """
    from concurrent.futures import Future
    from threading import Thread

    answer: Future[bytes] = Future()

    def run() -> None:
        try:
            answer.set_result(_fetch(url, limit_bytes, headers or {}, whole=whole))
        except BaseException as error:  # noqa: BLE001 - it is raised again in the thread that waits
            answer.set_exception(error)

    # A daemon: a server that never finishes does not keep this process alive.
    Thread(target=run, daemon=True).start()
    try:
        return answer.result(_WHOLE_TIMEOUT_S)
    except TimeoutError as error:
        raise MachineNotReadyError(
            f"{url} did not finish its answer within {_WHOLE_TIMEOUT_S:.0f} s", hint="is the server overloaded?"
        ) from error


def _fetch(url: str, limit_bytes: int, headers: Mapping[str, str], *, whole: bool) -> bytes:
    from http.client import HTTPException
    from urllib.error import HTTPError, URLError
    from urllib.request import Request, urlopen

    if not url.startswith(("http://", "https://")):
        raise MachineNotReadyError(f"{url} is not an http address")
    try:
        with urlopen(Request(url, headers=dict(headers)), timeout=_TIMEOUT_S) as answer:  # noqa: S310 - checked above
            body: bytes = answer.read(limit_bytes + whole)
            is_cut = bool(answer.length) and len(body) < limit_bytes + whole
    except HTTPError as error:
        error.close()
        if error.code in _ABSENT:
            raise NotFoundError(f"{url} answered {error.code} {error.reason}") from error
        kind = ForbiddenError if error.code == _FORBIDDEN else MachineNotReadyError
        raise kind(f"{url} answered {error.code} {error.reason}") from error
    except (URLError, HTTPException, OSError) as error:
        reason = getattr(error, "reason", "") or str(error) or type(error).__name__
        raise MachineNotReadyError(
            f"{url} cannot be reached: {reason}", hint="is the address right, and the server up?"
        ) from error
    if is_cut:
        raise MachineNotReadyError(f"{url} ended its answer early", hint="try again")
    if len(body) > limit_bytes:
        raise MachineNotReadyError(f"{url} is larger than {limit_bytes} bytes")
    return body
