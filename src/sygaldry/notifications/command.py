"""`command:TEXT`: a command for the shell, with the message as its standard input."""

from typing import Final

from sygaldry.model.command import Command
from sygaldry.notifications import Channel, Message, Program, variables_of

_LIMIT_S: Final = 60.0


def _check(text: str) -> str:
    return "" if text.strip() else "there is no command after `command:`"


def _deliver(text: str, message: Message) -> Program:
    command = Command(("sh", "-c", text), input=f"{message.text}\n", timeout_s=_LIMIT_S)
    return Program(command, variables_of(message))


CHANNEL: Final = Channel(_check, _deliver)
