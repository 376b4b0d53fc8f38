"""How a setting is declared: its default, its help and the values it may have."""

from __future__ import annotations

from sygaldry.model.value import dataclass, field, fields

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


@dataclass(frozen=True)
class Declaration:
    """One setting as every reader needs it: flags, variables, files, help, completion and reference.

    `kind` names the check in config/kinds.py that a value without choices has to pass. `reach` says whether a value
    from the project file may take effect without the caller's consent: see config/consent.py. `aliases` are other
    spellings of the flag. `separator` splits a list in a flag or variable; values that may hold commas are split at
    line breaks.
    """

    name: str
    default: Any
    help: str
    section: str
    variable: str
    choices: tuple[str, ...]
    kind: str
    reach: str = "inside"
    aliases: tuple[str, ...] = ()
    separator: str = ","

    @property
    def flag(self) -> str:
        return "--" + self.name.replace("_", "-")

    @property
    def flags(self) -> tuple[str, ...]:
        """Return every spelling of the flag, the main one first."""
        return (self.flag, *self.aliases)

    @property
    def is_list(self) -> bool:
        return isinstance(self.default, tuple)

    @property
    def is_switch(self) -> bool:
        return isinstance(self.default, bool)


def setting(  # noqa: PLR0913 - each keyword is one fact that a reference page shows
    default: object,
    help: str,  # noqa: A002 - argparse's own word
    *,
    section: str,
    choices: tuple[str, ...] = (),
    kind: str = "",
    variable: str = "",
    reach: str = "inside",
    aliases: tuple[str, ...] = (),
    separator: str = ",",
) -> Any:  # noqa: ANN401 - a field stands for a value of any type
    """Declare a setting; its variable is SYGALDRY_ and its name unless the spec promised another."""
    metadata = {
        "help": help, "section": section, "choices": choices, "kind": kind, "variable": variable, "reach": reach,
        "aliases": aliases, "separator": separator,
    }  # fmt: skip
    return field(default=default, metadata=metadata)


def declarations(settings: type) -> tuple[Declaration, ...]:
    """List the settings of a settings class in the order they were declared."""
    return tuple(_declaration(each) for each in fields(settings))


def _declaration(each: Any) -> Declaration:  # noqa: ANN401 - a field of either make
    variable = each.metadata["variable"] or f"SYGALDRY_{each.name.upper()}"
    return Declaration(each.name, each.default, **{**each.metadata, "variable": variable})
