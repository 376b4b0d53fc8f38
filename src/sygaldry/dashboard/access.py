"""Who may use the dashboard: the token of a start, sessions in cookies, form tokens, hosts and origins."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final
from urllib.parse import urlsplit

LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_LEAST_TOKEN: Final = 16  # characters of a token in a file


@dataclass(frozen=True)
class Access:
    """The secrets of one start. A browser exchanges the token for a session, so that the token leaves its address."""

    token: str = field(repr=False)
    session: str = field(repr=False, default_factory=lambda: secrets.token_urlsafe(32))
    hosts: frozenset[str] = LOOPBACK

    def is_token(self, word: str) -> bool:
        """Compare in constant time."""
        return hmac.compare_digest(word.encode("utf-8", "replace"), self.token.encode())

    def is_session(self, word: str) -> bool:
        return hmac.compare_digest(word.encode("utf-8", "replace"), self.session.encode())

    @property
    def cookie(self) -> str:
        """The name of the cookie: browsers keep one jar for all ports, so each start has a name of its own."""
        return f"sygaldry-{sha256(self.session.encode()).hexdigest()[:8]}"

    @property
    def form_token(self) -> str:
        """The token of every form; a page of another origin cannot read it."""
        return hmac.new(self.session.encode(), b"form", sha256).hexdigest()

    def is_form_token(self, word: str) -> bool:
        return hmac.compare_digest(word.encode("utf-8", "replace"), self.form_token.encode())

    def is_host(self, header: str) -> bool:
        """Return whether a Host header names this server: a name that was rebound to our address does not."""
        return _host_name(f"//{header}") in self.hosts

    def is_origin(self, header: str, host: str) -> bool:
        """Return whether an Origin header, absent in requests of programs, is that of our own pages."""
        if not header:
            return True
        parts = urlsplit(header)
        return parts.scheme in ("http", "https") and parts.netloc == host and _host_name(header) in self.hosts


def new_token() -> str:
    """Make the token of a start."""
    return secrets.token_urlsafe(24)


def is_strong(token: str) -> bool:
    """Return whether a token from a file is long enough and can stand in a header."""
    return len(token) >= _LEAST_TOKEN and token.isascii() and token.isprintable() and " " not in token


def _host_name(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").lower()
    except ValueError:
        return ""
