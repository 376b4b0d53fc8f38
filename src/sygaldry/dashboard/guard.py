"""The ASGI layer before every page: host, origin, token, session, and the headers that confine a page."""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs

from sygaldry.dashboard.access import Access

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS: Final = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
)
_LONGEST_QUERY: Final = 4096
_SAFE: Final = ("GET", "HEAD")
_UNKNOWN_CALLER: Final = (
    "401: open the address that `sygaldry dashboard` printed, or send it: Authorization: Bearer TOKEN\n"
)


Answer = tuple[int, str, list[tuple[bytes, bytes]]]  # status, text, headers


class Guard:
    """Lets a request through to the pages, or answers it."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app, self._access = app, access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check one request."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return  # there are no websockets
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        if refusal := self._refusal(scope, headers):
            await _answer(send, *refusal)
            return

        async def confined(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *HEADERS]
            await send(message)

        await self._app(scope, receive, confined)

    def _refusal(self, scope: Scope, headers: dict[bytes, str]) -> Answer | None:
        """Return the answer to a request that gets no page: a refusal, or the exchange of the token."""
        if refused := _misdirected(scope, headers, self._access):
            return refused
        if scope["method"] in _SAFE and scope["path"] == "/" and (token := _token_in(scope["query_string"])):
            return self._exchange(token)
        bearer = headers.get(b"authorization", "").removeprefix("Bearer ")
        is_program = bool(bearer) and self._access.is_token(bearer)
        scope["state"] = {**scope.get("state", {}), "by_bearer": is_program}
        if is_program or self._access.is_session(_cookie_of(headers.get(b"cookie", ""), self._access.cookie)):
            return None
        return 401, _UNKNOWN_CALLER, [(b"www-authenticate", b"Bearer")]

    def _exchange(self, token: str) -> Answer:
        """Exchange the token for a cookie; the redirect takes it out of the address bar."""
        if not self._access.is_token(token):
            return 401, _UNKNOWN_CALLER, []
        cookie = f"{self._access.cookie}={self._access.session}; HttpOnly; SameSite=Strict; Path=/"
        return 303, "", [(b"location", b"/"), (b"set-cookie", cookie.encode())]


def _misdirected(scope: Scope, headers: dict[bytes, str], access: Access) -> Answer | None:
    """Refuse another name of the host, another origin or site, and a query that no page has."""
    host = headers.get(b"host", "")
    if not access.is_host(host):
        return 421, "421: this server has another name\n", []
    if not access.is_origin(headers.get(b"origin", ""), host):
        return 403, "403: the request comes from a page of another origin\n", []
    if headers.get(b"sec-fetch-site", "none") not in ("none", "same-origin") and scope["method"] not in _SAFE:
        return 403, "403: the request comes from a page of another site\n", []
    if len(scope["query_string"]) > _LONGEST_QUERY:
        return 414, "414: the query is too long\n", []
    return None


def _token_in(query: bytes) -> str:
    return next(iter(parse_qs(query.decode("latin-1")).get("token", ())), "")


def _cookie_of(header: str, name: str) -> str:
    try:
        morsel = SimpleCookie(header).get(name)
    except CookieError:
        return ""
    return morsel.value if morsel else ""


async def _answer(send: Send, status: int, text: str, headers: list[tuple[bytes, bytes]]) -> None:
    body = text.encode()
    kind = (b"content-type", b"text/plain; charset=utf-8")
    length = (b"content-length", b"%d" % len(body))
    await send({"type": "http.response.start", "status": status, "headers": [kind, length, *headers, *HEADERS]})
    await send({"type": "http.response.body", "body": body})
