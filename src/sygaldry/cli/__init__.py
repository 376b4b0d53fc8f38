"""One file per verb, named as it is typed; a package is a group of verbs.

To add a verb, write `cli/NAME.py` that exports `VERB: Final = Verb(arguments, act)`; its docstring's first line is
the summary in the help. No other file needs an edit. Expensive imports belong inside `act`, so that help and
completion stay quick. A group may declare ALIASES, other names for its verbs, and HEADINGS for its help page.

The placeholder of a value (argparse's `metavar`) also selects its completion: JOB, RUN, ENTRYPOINT, ENVIRONMENT,
SETTING, FILE, FOLDER.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

HEADINGS: Final = {
    "daily work": ("launch", "job", "status", "dashboard", "metrics", "mcp"),
    "an environment that stays": ("up", "exec", "ps", "logs", "stop", "down"),
    "projects and editors": ("init", "devcontainer", "trust"),
    "environments": ("image", "env", "gpu"),
    "this machine": ("doctor", "runtimes", "entrypoints", "storage", "config", "completion"),
}
ALIASES: Final = {"run": "launch"}
