"""`webhook:URL`: a JSON document by POST, tried again when the server does not take it.

`,secret-file=PATH` or `,secret-variable=NAME` after the address signs it: `X-Sygaldry-Signature: sha256=...` is the
HMAC of the time in `X-Sygaldry-Timestamp`, a dot, and the body. `webhook:@PATH` reads an address that is a secret
itself from a file.
"""

import json
from typing import Final
from urllib.parse import urlsplit

from sygaldry.notifications import Channel, Message, Post, Secret

_OPTIONS: Final = ("secret-file", "secret-variable")


def _check(text: str) -> str:
    address, *options = text.split(",")
    unknown = [each for each in options if each.partition("=")[0] not in _OPTIONS or not each.partition("=")[2]]
    if unknown:
        return f"not a valid option of a webhook: {unknown[0]!r}; it has secret-file=PATH and secret-variable=NAME"
    if address.startswith("@/"):
        return ""
    if not _is_address(address):
        return f"not a valid address of a webhook: {address!r}"
    # What stands before an @ is a password, and every user can read the arguments of a process.
    return "a password in an address is seen by others; use webhook:@FILE" if "@" in address.split("/")[2] else ""


def _is_address(text: str) -> bool:
    if not text.startswith(("https://", "http://")) or frozenset(text) & frozenset(" \t\r\n\0'\"\\`$<>"):
        return False
    try:
        parts = urlsplit(text)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number
        return False


def _deliver(text: str, message: Message) -> Post:
    address, *options = text.split(",")
    given = dict(each.partition("=")[::2] for each in options)
    secret = Secret(given.get("secret-file", ""), given.get("secret-variable", "")) if given else None
    url_file = address.removeprefix("@") if address.startswith("@") else ""
    return Post("" if url_file else address, body_of(message), url_file, secret)


def body_of(message: Message) -> bytes:
    """Return the document; `text` alone is what chat servers show."""
    facts = {
        "version": 1,
        "event": message.event,
        "job": message.job,
        "run": message.run,
        "project": message.project,
        "state": message.state,
        "status": message.status,
        "cause": message.cause,
        "text": f"{message.title}\n{message.text}",
    }
    return json.dumps(facts, ensure_ascii=False).encode()


CHANNEL: Final = Channel(_check, _deliver)
