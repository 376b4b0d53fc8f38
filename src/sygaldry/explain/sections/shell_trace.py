"""Commands that a shell or a CI system echoes before it runs them: `+ make`, `$ make`."""

from typing import Final

from sygaldry.explain.sections import Event, Format, Level, Mark
from sygaldry.model.lazy_pattern import lazy_pattern

# The added lines of a diff begin with a plus sign too, and so do the packages that a tool installed.
_DIFF: Final = lazy_pattern(
    r"^\+ (?:[\w@/.-]{1,80} v?\d+\.\d[\w.+-]{0,40}(?: .{0,200})?$|(?![\w./~$]+(?: |$))|.{0,200}(?: - |[;,{}(]$)|[A-Z][a-z]|\w+(?: = | => | : ))"
)
_BEGIN: Final = lazy_pattern(r"^(?P<sign>\+{1,4}|\$|%) (?P<name>[\w./~\"'{($\[-].{0,300})")
# Commands that scripts run after a failure or between steps: none of them is the step that failed.
_MINOR: Final = lazy_pattern(
    r"^(?:echo|printf|cd|pushd|popd|export|set|unset|trap|exit|true|:|rm|kill|sleep|cleanup|cat|ls|pwd|env|date"
    r"|return|local|read|shift|test|\[+|\w+=\S*$|docker (?:rm|rmi|stop|kill|logs|ps)|docker[- ]compose (?:down|logs|ps)"
    r"|kubectl (?:logs|describe|delete)|umount|travis_\w+|source|\.) ?"
)

_DIFF_HEAD: Final = lazy_pattern(r"^\+{3} (?:[^\t]{1,300}\t\d{4}-\d\d-\d\d |b/|/dev/null$)")

# Functions that a script runs on its exit, whatever happened before.
_ON_EXIT: Final = lazy_pattern(
    r"^\+{1,4} \w{0,40}(?:epilogue|teardown|tear_down|on_exit|at_exit|exit_handler)\w{0,40}\b"
)


# PowerShell quotes the failing command and its parts in the same way.
_POWERSHELL: Final = lazy_pattern(r"^\+\s+(?:~|CategoryInfo|FullyQualifiedErrorId)")


def _read(text: str) -> Mark | None:
    if _POWERSHELL.match(text) or _DIFF_HEAD.match(text):
        return None
    if _ON_EXIT.match(text):
        return Mark(Event.CLEAN_UP, Level.PHASE)
    found = _BEGIN.match(text)
    if found is None or _MINOR.match(found["name"]) or _DIFF.match(text):
        return None
    level = Level.STEP if found["sign"] == "$" else Level.COMMAND
    return Mark(Event.BEGIN, level, found["name"])


FORMAT: Final = Format("shell trace", (b"+ ", b"$ "), _read)
