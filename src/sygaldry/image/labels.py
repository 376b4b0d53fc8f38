"""The labels of an image of ours: how it is known again, and what it was made from."""

from typing import Final

KEY: Final = "dev.sygaldry.key"
ARGUMENTS: Final = "dev.sygaldry.arguments"
BASE: Final = "dev.sygaldry.base"
FILES: Final = "dev.sygaldry.files"
NAME: Final = "dev.sygaldry.name"
PROJECT: Final = "dev.sygaldry.project"
KIND: Final = "dev.sygaldry.kind"

DEVELOPMENT: Final = "image"
FOUNDATION: Final = "base"
