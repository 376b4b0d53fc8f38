"""The channels of notifications: one file each, named by the first word of `--notify`.

To add a channel, write `notifications/NAME.py` that exports `CHANNEL: Final = Channel(check, deliver)`. `check` returns
what is wrong with the text after `NAME:`, or nothing. `deliver` turns that text and a message into a delivery for
`host`: a program with its input, or an HTTP request. A channel starts nothing and reads nothing itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from sygaldry.model.command import Command

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

EVENTS: Final = ("done", "failed", "stalled", "lost")


@dataclass(frozen=True)
class Message:
    """What happened to a run: the event, its status line, and the first line of the cause."""

    event: str
    job: str
    run: str
    project: str
    state: str
    status: str
    cause: str = ""

    @property
    def title(self) -> str:
        """One line for a subject."""
        return f"job {self.job} {self.event}"

    @property
    def text(self) -> str:
        """The status line and the cause."""
        return f"{self.status}\ncause: {self.cause}" if self.cause else self.status

    def masked(self, secrets: list[bytes]) -> Message:
        """Replace secrets, which a log line may hold."""
        status, cause = self.status, self.cause
        for secret in secrets:
            word = secret.decode("utf-8", "replace")
            status, cause = status.replace(word, "***"), cause.replace(word, "***")
        return Message(self.event, self.job, self.run, self.project, self.state, status, cause)


@dataclass(frozen=True)
class Secret:
    """Where a secret is read from at the last moment: a file, or a variable of the caller."""

    file: str = ""
    variable: str = ""


@dataclass(frozen=True)
class Post:
    """An HTTP request: the address itself or the file that holds it, the body, and the secret that signs it."""

    url: str
    body: bytes
    url_file: str = ""
    signed_with: Secret | None = None


@dataclass(frozen=True)
class Program:
    """A program that gets the message as its input, and facts of the run as variables."""

    command: Command
    variables: Mapping[str, str]


Delivery: TypeAlias = Program | Post


@dataclass(frozen=True)
class Channel:
    """How messages reach a person or a program."""

    check: Callable[[str], str]
    deliver: Callable[[str, Message], Delivery]


def variables_of(message: Message) -> dict[str, str]:
    """Return the facts of a message as variables."""
    return {
        "SYGALDRY_EVENT": message.event,
        "SYGALDRY_JOB": message.job,
        "SYGALDRY_RUN": message.run,
        "SYGALDRY_STATE": message.state,
    }
