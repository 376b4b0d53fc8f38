"""When to print colour: https://no-color.org and https://bixense.com/clicolors."""

import os
from typing import TextIO

from sygaldry.cli._coding_agent import is_coding_agent


def wants_color(setting: str, stream: TextIO) -> bool:
    """Return whether to colour what goes to a stream; `setting` is auto, always or never."""
    if setting != "auto":
        return setting == "always"
    if os.environ.get("NO_COLOR") or is_coding_agent():
        return False
    return bool(os.environ.get("CLICOLOR_FORCE")) or stream.isatty()
