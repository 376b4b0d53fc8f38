"""A channel turns a message into a program or a request, exactly."""

import hmac
import json
from hashlib import sha256

import pytest

from sygaldry import discovery, notifications
from sygaldry.host.post import headers_of
from sygaldry.notifications import Channel, Delivery, Message, Post, Program, Secret

FAILED = Message("failed", "build", "20261128T080000000Z", "demo", "FAILED", "FAILED job=build rc=2", "a.c:1: <b> & co")


def channel(name: str) -> Channel:
    found: Channel = discovery.get(notifications, name, "CHANNEL")
    return found


def delivered(text: str, message: Message = FAILED) -> Delivery:
    name, _, rest = text.partition(":")
    assert channel(name).check(rest) == ""
    return channel(name).deliver(rest, message)


def test_a_command_gets_the_message_as_input_and_the_facts_as_variables() -> None:
    delivery = delivered("command:cat > /tmp/message")
    assert isinstance(delivery, Program)
    assert delivery.command.argv == ("sh", "-c", "cat > /tmp/message")
    assert delivery.command.input == "FAILED job=build rc=2\ncause: a.c:1: <b> & co\n"
    assert delivery.variables["SYGALDRY_EVENT"] == "failed"


def test_the_desktop_gets_a_title_and_escaped_text() -> None:
    delivery = delivered("desktop")
    assert isinstance(delivery, Program)
    title, body = "job build failed", "FAILED job=build rc=2\ncause: a.c:1: &lt;b&gt; &amp; co"
    assert delivery.command.argv == ("notify-send", "--app-name=sygaldry", "--urgency=critical", "--", title, body)


def test_a_mail_has_headers_and_the_message() -> None:
    delivery = delivered("mail:me@example.org,you@example.org")
    assert isinstance(delivery, Program)
    assert delivery.command.argv == ("sendmail", "-i", "--", "me@example.org", "you@example.org")
    assert delivery.command.input
    head, _, body = delivery.command.input.partition("\n\n")
    assert "To: me@example.org, you@example.org" in head
    assert "Subject: [sygaldry] job build failed" in head
    assert body == "FAILED job=build rc=2\ncause: a.c:1: <b> & co\n"


@pytest.mark.parametrize("address", ["http://host:port/x", "http://[::1/x", "http:///x", "http://host:0/x", "http://"])
def test_an_address_without_a_host_or_with_a_wrong_port_is_refused(address: str) -> None:
    assert "not a valid address" in channel("webhook").check(address)


def test_a_webhook_is_a_document_with_a_signature_over_time_and_body() -> None:
    delivery = delivered("webhook:https://example.org/hook,secret-variable=HOOK")
    assert isinstance(delivery, Post)
    assert (delivery.url, delivery.signed_with) == ("https://example.org/hook", Secret(variable="HOOK"))
    document = json.loads(delivery.body)
    assert (document["event"], document["job"], document["cause"]) == ("failed", "build", "a.c:1: <b> & co")
    headers = headers_of(delivery.body, b"key", 1000)
    expected = hmac.new(b"key", b"1000." + delivery.body, sha256).hexdigest()
    assert headers["X-Sygaldry-Signature"] == f"sha256={expected}"
    assert headers["X-Sygaldry-Timestamp"] == "1000"


def test_an_address_that_is_a_secret_is_read_from_a_file() -> None:
    delivery = delivered("webhook:@/home/me/hook")
    assert isinstance(delivery, Post)
    assert (delivery.url, delivery.url_file) == ("", "/home/me/hook")


@pytest.mark.parametrize(
    "text",
    [
        "command:",
        "command: ",
        "desktop:x",
        "mail:",
        "mail:-oQ/tmp/x",
        "mail:a@b\nBcc: c@d",
        "mail:a b",
        "webhook:ftp://x",
        "webhook:https://user:word@example.org/",
        "webhook:https://x/,secret=word",
        "webhook:https://x/,secret-file=",
        "webhook:@relative",
        "webhook:https://x/ y",
    ],
)
def test_what_a_channel_cannot_use_is_refused_with_a_reason(text: str) -> None:
    name, _, rest = text.partition(":")
    assert channel(name).check(rest)


def test_secrets_are_masked_in_every_text() -> None:
    message = Message("failed", "b", "r", "p", "FAILED", "step=token hunter2", "password hunter2").masked([b"hunter2"])
    assert "hunter2" not in message.text
    assert message.text.count("***") == 2


def test_without_a_secret_there_is_no_signature() -> None:
    assert "X-Sygaldry-Signature" not in headers_of(b"{}", b"", 1)
