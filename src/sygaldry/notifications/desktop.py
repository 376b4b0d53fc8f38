"""`desktop`: a notification of the desktop, through notify-send."""

from html import escape
from typing import Final

from sygaldry.model.command import Command
from sygaldry.notifications import Channel, Message, Program

_LIMIT_S: Final = 20.0
_LONGEST: Final = 500


def _check(text: str) -> str:
    return "`desktop` takes nothing after it" if text else ""


def _deliver(text: str, message: Message) -> Program:
    del text
    urgency = "normal" if message.event == "done" else "critical"
    # The body of a notification is markup.
    body = escape(message.text[:_LONGEST], quote=False)
    argv = ("notify-send", "--app-name=sygaldry", f"--urgency={urgency}", "--", message.title, body)
    return Program(Command(argv, timeout_s=_LIMIT_S), {})


CHANNEL: Final = Channel(_check, _deliver)
