"""The labels of an image of ours: how it is known again, and what it was made from."""

KEY = "dev.sygaldry.key"
ARGUMENTS = "dev.sygaldry.arguments"
BASE = "dev.sygaldry.base"
FILES = "dev.sygaldry.files"
NAME = "dev.sygaldry.name"
PROJECT = "dev.sygaldry.project"
KIND = "dev.sygaldry.kind"

DEVELOPMENT = "image"
FOUNDATION = "base"
