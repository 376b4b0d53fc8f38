"""`mail:ADDRESS`: an e-mail through sendmail; several addresses are separated by commas."""

import re
from typing import Final

from sygaldry.model.command import Command
from sygaldry.notifications import Channel, Message, Program

_LIMIT_S: Final = 60.0
_ADDRESS: Final = re.compile(r"[A-Za-z0-9._%+=~][A-Za-z0-9._%+=~-]*(@[A-Za-z0-9.-]+)?")


def _check(text: str) -> str:
    wrong = [each for each in text.split(",") if not _ADDRESS.fullmatch(each)]
    return f"not a valid mail address: {wrong[0]!r}" if wrong else ""


def _deliver(text: str, message: Message) -> Program:
    headers = (
        f"To: {', '.join(text.split(','))}",
        f"Subject: [sygaldry] {message.title}",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        "Auto-Submitted: auto-generated",
    )
    letter = "\n".join((*headers, "", message.text, ""))
    return Program(Command(("sendmail", "-i", "--", *text.split(",")), input=letter, timeout_s=_LIMIT_S), {})


CHANNEL: Final = Channel(_check, _deliver)
