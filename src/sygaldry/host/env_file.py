"""Read a file of environment variables as `docker run --env-file` does.

https://docs.docker.com/reference/cli/docker/container/run/#env
"""

from __future__ import annotations

import os
import stat

from sygaldry.config.kinds import is_variable
from sygaldry.model.errors import NotFoundError, UsageError

_MOST_BYTES = 1 << 20


def load_env_file(path: str) -> dict[str, str]:
    """Return the variables of a file; a name without a value takes the caller's. Raises UsageError for a wrong line."""
    found: dict[str, str] = {}
    lines = (line.removesuffix("\r").lstrip() for line in _text(path).split("\n"))
    for number, line in enumerate(lines, 1):
        if not line or line.startswith("#"):
            continue
        name, equals, value = line.partition("=")
        if not is_variable(name) or "\0" in value:
            # The line itself may hold a secret.
            raise UsageError(
                f"line {number} of {path} is not NAME=VALUE", hint="one variable a line; # starts a comment"
            )
        if equals:
            found[name] = value
        elif name in os.environ:
            found[name] = os.environ[name]
    return found


def _text(path: str) -> str:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:
        raise NotFoundError(
            f"cannot read {path}: {error.strerror}", hint="the path is relative to this folder"
        ) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise UsageError(f"{path} is not a regular file")
    with open(descriptor, "rb") as file:
        content = file.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise UsageError(f"{path} is larger than 1 MiB")
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 text") from error
