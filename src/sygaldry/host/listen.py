"""Listen on an address of this machine, or on a Unix socket that only its owner can reach."""

from __future__ import annotations

import errno
import os
import socket
import stat

from sygaldry.model.errors import MachineNotReadyError

Listener = socket.socket
_BACKLOG = 128


def listen_tcp(address: str, port: int) -> Listener:
    """Listen on a port, any free one for 0. Raises MachineNotReadyError."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address, port))
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        hint = f"who uses it: ss -ltnp 'sport = :{port}'; or another one: --port {port + 1}"
        raise MachineNotReadyError(
            f"cannot listen on port {port} of {address}: {error.strerror}",
            hint=hint if error.errno == errno.EADDRINUSE else "list the addresses: ip -brief address",
        ) from error
    return listener


def listen_unix(path: str) -> Listener:
    """Listen on a Unix socket of mode 0600 and replace one without a server. Raises MachineNotReadyError."""
    _remove_stale(path)
    listener = socket.socket(socket.AF_UNIX)
    mask = os.umask(0o177)
    try:
        listener.bind(path)
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise MachineNotReadyError(
            f"cannot listen on {path}: {error.strerror}", hint="name a socket in a folder of yours"
        ) from error
    finally:
        os.umask(mask)
    return listener


def _remove_stale(path: str) -> None:
    try:
        if not stat.S_ISSOCK(os.lstat(path).st_mode):
            return
    except OSError:
        return
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(path)
        except ConnectionRefusedError:
            os.unlink(path)
        except OSError:
            return
