"""How much a problem affects the GPUs."""

from enum import StrEnum


class Severity(StrEnum):
    """From grave to mild."""

    BLOCKS = "blocks"
    DEGRADES = "degrades"
    WARNING = "warning"
    INFO = "info"
