"""Save an image of an engine as an archive."""

from __future__ import annotations

from pathlib import Path

from sygaldry.model.command import Command


def save_command(engine: str, name: str, target: Path) -> Command:
    """Format the command that writes an image into an archive."""
    options = ("--format", "docker-archive") if engine == "podman" else ()
    return Command((engine, "save", *options, "--output", str(target), name))
