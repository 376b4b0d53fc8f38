"""Write the reference pages from the code: `tools/check -s reference`; a test fails when they are behind.

Usage: python -m sygaldry.cli._reference FOLDER
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from sygaldry.cli._completion_tree import every_verb
from sygaldry.cli._parser import Parser
from sygaldry.config.files import PROJECT_FILE, SYSTEM_FILE
from sygaldry.config.kinds import KINDS
from sygaldry.config.settings import all_settings
from sygaldry.model.verb import Verb
from sygaldry.runtimes._seccomp import write_filters

_GENERATED = "<!-- Made from the code by `tools/check -s reference`; edit that instead. -->"
_WIDTH = "100"

_EXIT_CODES = (
    ("0", "done"),
    ("1", "failed"),
    ("2", "used wrongly: an unknown verb, option, name or value"),
    ("3", "not found"),
    ("4", "the machine is not ready; the hint says what to type"),
    ("5", "the job failed"),
    ("70", "a fault of Sygaldry itself"),
    ("125", "`launch` only: the command was never started; anything else is the command's own exit code"),
    ("126, 127", "`launch` only: the command cannot be run, is not there"),
    ("128+n", "`launch` only: the command died of signal n"),
    ("130", "interrupted"),
)


def pages() -> dict[str, str]:
    """Return every reference page by its file name."""
    return {"settings.md": "\n".join(_settings()) + "\n", "cli.md": "\n".join(_command_line()) + "\n"}


def _settings() -> Iterator[str]:
    yield from (_GENERATED, "# Settings", "")
    yield "Lowest first: the default, `" + SYSTEM_FILE + "`, `$XDG_CONFIG_HOME/sygaldry/config.toml`, the workspace's"
    yield f"`{PROJECT_FILE}`, the variable, the flag. `sygaldry config show` tells each value and who said it."
    yield "Lists are separated by commas in variables and flags, and are lists in files."
    section = ""
    for each in all_settings():
        if each.section != section:
            section = each.section
            yield from ("", f"## {section}")
        default = _shown(each.default)
        values = ", ".join(f"`{choice}`" for choice in each.choices) if each.choices else ""
        expected = values or ("true or false" if each.is_switch else KINDS[each.kind][1])
        yield from ("", f"### {each.name}", "", each.help.rstrip(".") + ".", "")
        yield from ("| flag | variable | key | default |", "| --- | --- | --- | --- |")
        flags = ", ".join(f"`{flag}`" for flag in each.flags)
        yield f"| {flags} | `{each.variable}` | `{each.name}` | {f'`{default}`' if default else 'none'} |"
        yield from ("", f"Expected: {expected}.")
        if each.reach == "caller":
            yield from ("", f"Not allowed in `{PROJECT_FILE}`.")
        elif each.reach != "inside":
            yield from ("", f"In `{PROJECT_FILE}` it needs your consent: `sygaldry trust`.")


def _shown(default: object) -> str:
    if isinstance(default, bool):
        return str(default).lower()
    return ",".join(default) if isinstance(default, tuple) else str(default)


def _command_line() -> Iterator[str]:
    os.environ["COLUMNS"] = _WIDTH
    yield from (_GENERATED, "# Command line", "")
    yield "From a checkout it is `tools/sygaldry`, once installed `sygaldry`. Every verb also takes the flags of"
    yield "[the settings](settings.md), `--json` for programs and `--debug` for a traceback. Data goes to stdout,"
    yield "everything else to stderr."
    yield from ("", "## Exit codes", "", "| code | meaning |", "| --- | --- |")
    yield from (f"| {code} | {meaning} |" for code, meaning in _EXIT_CODES)
    for words, verb in every_verb().items():
        yield from ("", f"## sygaldry {' '.join(words)}", "", "```text", _help(verb, words).rstrip(), "```")


def _help(verb: Verb, words: tuple[str, ...]) -> str:
    """Return the help of a verb without the settings, which have a page of their own."""
    return Parser(verb, words, with_settings=False).format_help()


def main() -> None:
    """Write the pages."""
    for name, text in pages().items():
        Path(sys.argv[1], name).write_text(text)
    write_filters()


if __name__ == "__main__":
    main()
