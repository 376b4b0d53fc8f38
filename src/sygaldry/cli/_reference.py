"""Generate the reference pages from the code: `tools/check -s reference`; a test fails when they are out of date.

Usage: python -m sygaldry.cli._reference FOLDER
"""

import sys
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path
from textwrap import wrap

from sygaldry import runtimes
from sygaldry.cli._all_verbs import every_group, every_verb
from sygaldry.cli._help import group_help
from sygaldry.cli._parser import Parser
from sygaldry.cli._resolve_verb import Invocation
from sygaldry.config.files import PROJECT_FILE, SYSTEM_FILE
from sygaldry.config.kinds import KINDS
from sygaldry.config.settings import all_settings
from sygaldry.model.exit_codes import MEANINGS
from sygaldry.model.job import State
from sygaldry.runtimes._seccomp import write_filters

_GENERATED = "<!-- Generated from the code by `tools/check -s reference`; edit the code instead. -->"
_USERS = {
    "root": "root",
    "user": "an ordinary user",
    "rootless": "an ordinary user's own engine (rootless)",
}
# What a launch returns in place of the command's own code, as docker and a shell do.
_COMMAND_CODES = {
    "126, 127": "`launch` only: the command cannot be executed, or does not exist",
    "128+n": "`launch` only: signal n ended the command",
}


def pages() -> dict[str, str]:
    """Return every reference page by its file name."""
    return {
        "settings.md": "\n".join(_settings()) + "\n",
        "cli.md": "\n".join(_command_line()) + "\n",
        "runtimes.md": "\n".join(_runtimes()) + "\n",
    }


def _settings() -> Iterator[str]:
    yield from (_GENERATED, "# Settings", "")
    yield f"Lowest precedence first: the default, `{SYSTEM_FILE}`, `$XDG_CONFIG_HOME/sygaldry/config.toml`,"
    yield f"the workspace's `{PROJECT_FILE}`, the variable, the flag."
    yield "`sygaldry config show` prints each value and its origin."
    yield "Lists are separated by commas in variables and flags, and are lists in files."
    section = ""
    for each in all_settings():
        if each.section != section:
            section = each.section
            yield from ("", f"## {section}")
        default = _format_default(each.default)
        values = ", ".join(f"`{choice}`" for choice in each.choices) if each.choices else ""
        expected = values or ("true or false" if each.is_switch else KINDS[each.kind][1])
        yield from ("", f"### {each.name}", "", *wrap(each.help.rstrip(".") + ".", 118), "")
        yield from ("| flag | variable | key | default |", "| --- | --- | --- | --- |")
        flags = ", ".join(f"`{flag}`" for flag in each.flags)
        yield f"| {flags} | `{each.variable}` | `{each.name}` | {f'`{default}`' if default else 'none'} |"
        yield from ("", *wrap(f"Expected: {expected}.", 118))
        if each.reach == "caller":
            yield from ("", f"Not allowed in `{PROJECT_FILE}`.")
        elif each.reach != "inside":
            yield from ("", f"In `{PROJECT_FILE}` it needs your consent: `sygaldry trust`.")


def _format_default(default: object) -> str:
    if isinstance(default, bool):
        return str(default).lower()
    return ",".join(default) if isinstance(default, tuple) else str(default)


def _command_line() -> Iterator[str]:
    yield from (_GENERATED, "# Command line", "")
    yield "From a checkout it is `tools/sygaldry`, once installed `sygaldry`. Each verb accepts every"
    yield "[setting](settings.md) as an option: `--help` shows those that act on it, `--help-all` all of them."
    yield "Data goes to stdout, everything else to stderr. With `--json`, a result or an error is one JSON object on"
    yield "stdout: `schema`, `sygaldry`, `command`, `exit_code`, `notes`, `data` and `error` (`null` after a success,"
    yield "else `type`, `problem`, `hint` and `ran`). `--debug`, `--json`, `--quiet` and `--color` also work before the"
    yield "verb."
    yield from _exit_codes()
    for words, group in every_group().items():
        heading = " ".join(("sygaldry", *words))
        yield from ("", f"## {heading}", "", "```text", group_help(Invocation(words, [], group)).rstrip(), "```")
    for words, verb in every_verb().items():
        yield from (
            "",
            f"## sygaldry {' '.join(words)}",
            "",
            "```text",
            Parser(verb, words).format_help().rstrip(),
            "```",
        )


def _exit_codes() -> Iterator[str]:
    yield from ("", "## Exit codes", "", "| code | meaning |", "| --- | --- |")
    rows = {str(code): meaning for code, meaning in MEANINGS.items()} | _COMMAND_CODES
    yield from (
        f"| {code} | {meaning} |" for code, meaning in sorted(rows.items(), key=lambda row: _first_number(row[0]))
    )
    yield from ("", "`job wait` returns a code for the state of the job; of several jobs, the worst:", "")
    yield from ("| state | code |", "| --- | --- |")
    yield from (f"| {state.value} | {state.answer} |" for state in State if state.final or state is State.ORPHANED)
    yield from ("", "A verb that returns other codes lists them in its help.")


def _runtimes() -> Iterator[str]:
    yield from (_GENERATED, "# Runtimes", "")
    yield "A runtime counts as supported when the whole contract suite passes with the real program: launch, arguments,"
    yield "exit codes, signals at random moments, stdin, identity, storage, privileges, network, jobs, stop, and `up`,"
    yield "`exec`, `down` (or their refusal). `sygaldry runtimes` and `sygaldry doctor` compare the version here with"
    yield "this table, and report any other release as untested. `--runtime auto` takes the first that works, from the"
    yield "top. Podman of an ordinary user is rootless by itself."
    yield from ("", "| runtime | releases | tested as | `sygaldry up` | settings refused, with the reason |")
    yield "| --- | --- | --- | --- | --- |"
    flags = {each.name: each.flags[0] for each in all_settings()}
    for name in runtimes.names():
        each = runtimes.get(name)
        users = ", ".join(_USERS[user] for user in each.tested_as)
        refused = "; ".join(f"`{flags[key]}`: {why}" for key, why in each.unsupported.items())
        up = "yes" if each.stays_up else "refused"
        yield f"| `{name}` | {', '.join(each.tested)} | {users} | {up} | {refused or 'none'} |"
    yield from ("", "The suite itself: `./tools/check -s tests -- -m contract -rs`. It skips what is not installed, or")
    yield 'what the machine forbids, as "untested here" with the reason; `.ci/run` installs all of the table.'


def _first_number(code: str) -> int:
    return int("".join(takewhile(str.isdigit, code)))


def main() -> None:
    """Write the pages."""
    for name, text in pages().items():
        Path(sys.argv[1], name).write_text(text)
    write_filters()


if __name__ == "__main__":
    main()
