"""GPU failures, from the catalogue of texts that `sygaldry gpu diagnose` uses too."""

from typing import Final

from sygaldry import signatures
from sygaldry.diagnosis import Family, Kind, Rule

_WEIGHT: Final = 89  # below a tool's own rule for the same line
_ONE_LINE: Final = r"\n"

FAMILY: Final = Family(
    "GPU",
    tuple(
        Rule(
            each.needle,
            f"(?P<what>{each.pattern})" if "(?P<" not in each.pattern else each.pattern,
            _WEIGHT,
            each.meaning,
            "sygaldry gpu diagnose --here --log LOG names the cause and its fix",
            Kind.RESOURCES,
        )
        for each in signatures.every()
        if each.explained and each.needle and _ONE_LINE not in each.pattern.replace(r"[^\n]", "")
    ),
)
