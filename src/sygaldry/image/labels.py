"""The labels of our images: what identifies them and records their inputs."""

KEY = "dev.sygaldry.key"
ARGUMENTS = "dev.sygaldry.arguments"
BASE = "dev.sygaldry.base"
FILES = "dev.sygaldry.files"
NAME = "dev.sygaldry.name"
BUILD = "dev.sygaldry.build"
PROJECT = "dev.sygaldry.project"
KIND = "dev.sygaldry.kind"

DEVELOPMENT = "image"
FOUNDATION = "base"
