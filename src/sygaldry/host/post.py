"""Send a document to an HTTP server, signed and repeated; an answer is never followed elsewhere."""

from __future__ import annotations

import hmac
import time
from hashlib import sha256
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_TIMEOUT_S: Final = 10
_LIMIT_S: Final = 30.0  # for the whole answer: a server that sends a byte now and then would never run into the first
_PAUSES_S: Final = (1.0, 5.0, 25.0, 125.0)  # a server that restarts is back within minutes
_TRANSIENT: Final = frozenset({408, 425, 429, 500, 502, 503, 504})


def post_signed(
    url: str, body: bytes, secret: bytes, *, pause: Callable[[float], None] = time.sleep, limit_s: float = _LIMIT_S
) -> str:
    """Send a JSON document; return why it failed, empty if the server took it. Transient failures are retried.

    An attempt takes `limit_s` seconds at most. The reason never names the address, which may be a secret.
    """
    why = ""
    for pause_s in (*_PAUSES_S, None):
        why, is_transient = _post_within(limit_s, url, body, headers_of(body, secret, int(time.time())))
        if not why or not is_transient or pause_s is None:
            break
        pause(pause_s)
    return why


def headers_of(body: bytes, secret: bytes, now_s: int) -> dict[str, str]:
    """Return the headers of a document; the signature covers the time, so that an old one cannot be sent again."""
    headers = {"Content-Type": "application/json", "User-Agent": "sygaldry", "X-Sygaldry-Timestamp": str(now_s)}
    if not secret:
        return headers
    signature = hmac.new(secret, f"{now_s}.".encode() + body, sha256).hexdigest()
    return {**headers, "X-Sygaldry-Signature": f"sha256={signature}"}


def _post_within(limit_s: float, url: str, body: bytes, headers: dict[str, str]) -> tuple[str, bool]:
    """Post in a thread, and go on without it when the time is over."""
    from threading import Thread

    answers: list[tuple[str, bool]] = []
    thread = Thread(target=lambda: answers.append(_post(url, body, headers)), daemon=True)
    thread.start()
    thread.join(limit_s)
    return answers[0] if answers else (f"no answer within {limit_s:g} s", True)


def _post(url: str, body: bytes, headers: dict[str, str]) -> tuple[str, bool]:
    """Return why it failed, and whether a later attempt may succeed."""
    from http.client import HTTPException, InvalidURL
    from urllib.error import HTTPError
    from urllib.request import HTTPRedirectHandler, Request, build_opener

    class NoRedirect(HTTPRedirectHandler):
        """A document with facts of jobs goes only where the caller sent it."""

        def redirect_request(self, *_: object) -> None:
            return None

    if not url.startswith(("http://", "https://")):
        return "the address is not http", False
    try:
        request = Request(url, data=body, headers=headers, method="POST")  # noqa: S310 - checked above
        with build_opener(NoRedirect).open(request, timeout=_TIMEOUT_S) as answer:
            answer.read(1)
    except HTTPError as error:
        error.close()
        return f"the server answered {error.code}", error.code in _TRANSIENT
    except (InvalidURL, ValueError):
        return "the address is not valid", False
    except HTTPException:
        return "the server's answer is not HTTP", True
    except OSError as error:
        return f"it cannot be reached: {getattr(error, 'reason', error)}", True
    return "", False
