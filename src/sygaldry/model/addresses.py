"""Addresses that may contain a login, and their form for messages."""

from __future__ import annotations


def without_login(text: str) -> str:
    """Replace the login in an address by asterisks: terminals, logs and agents keep what is printed."""
    scheme, separator, rest = text.partition("://")
    host, slash, path = rest.partition("/")
    login, at, place = host.rpartition("@")
    return f"{scheme}://***@{place}{slash}{path}" if separator and at and login else text
