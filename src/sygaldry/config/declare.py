"""How a setting is declared: its default, its help and the values it may have."""

from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Any


@dataclass(frozen=True)
class Declaration:
    """One setting as every reader needs it: flags, variables, files, help, completion and reference."""

    name: str
    default: Any
    help: str
    section: str
    variable: str
    choices: tuple[str, ...]
    pattern: str
    expected: str

    @property
    def flag(self) -> str:
        return "--" + self.name.replace("_", "-")

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
    pattern: str = "",
    expected: str = "",
    variable: str = "",
) -> Any:  # noqa: ANN401 - a dataclass field stands for a value of any type
    """Declare a setting; `pattern` is a whole-match regular expression, `expected` says it in words."""
    metadata = {"help": help, "section": section, "choices": choices, "pattern": pattern}
    return field(default=default, metadata={**metadata, "expected": expected, "variable": variable})


def declarations(settings: type) -> tuple[Declaration, ...]:
    """List the settings of a settings class in the order they were declared."""
    return tuple(_declaration(each) for each in fields(settings))


def _declaration(each: Field[Any]) -> Declaration:
    if each.default is MISSING:
        raise TypeError(f"setting {each.name} needs a default")
    variable = each.metadata["variable"] or f"SYGALDRY_{each.name.upper()}"
    return Declaration(
        each.name,
        each.default,
        each.metadata["help"],
        each.metadata["section"],
        variable,
        each.metadata["choices"],
        each.metadata["pattern"],
        each.metadata["expected"],
    )
