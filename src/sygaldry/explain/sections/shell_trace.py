"""Commands that a shell or a CI system echoes before it runs them: `+ make`, `$ make`."""

import re
from typing import Final

from sygaldry.explain.sections import Event, Format, Level, Mark

# The added lines of a diff begin with a plus sign too.
_DIFF: Final = re.compile(r"^\+ (?:(?![\w./~$]+(?: |$))|.{0,200}(?: - |[;,{}(]$)|[A-Z][a-z]|\w+(?: = | => | : ))")
_BEGIN: Final = re.compile(r"^(?P<sign>\+{1,4}|\$|%) (?P<name>[\w./~\"'{($\[-].{0,300})")
# Commands that scripts run after a failure or between steps: none of them is the step that failed.
_MINOR: Final = re.compile(
    r"^(?:echo|printf|cd|pushd|popd|export|set|unset|trap|exit|true|:|rm|kill|sleep|cleanup|cat|ls|pwd|env|date"
    r"|return|local|read|shift|test|\[+|\w+=\S*$|docker (?:rm|rmi|stop|kill|logs|ps)|docker[- ]compose (?:down|logs|ps)"
    r"|kubectl (?:logs|describe|delete)|umount|travis_\w+|source|\.) ?"
)


def _read(text: str) -> Mark | None:
    found = _BEGIN.match(text)
    if found is None or _MINOR.match(found["name"]) or _DIFF.match(text):
        return None
    level = Level.STEP if found["sign"] == "$" else Level.COMMAND
    return Mark(Event.BEGIN, level, found["name"])


FORMAT: Final = Format("shell trace", (b"+ ", b"$ "), _read)
