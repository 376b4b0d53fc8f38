"""Check that ports of this machine can be published before an engine creates a container."""

from __future__ import annotations

import errno

from sygaldry.model.errors import MachineNotReadyError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


def check_ports(ports: Iterable[str]) -> None:
    """Bind each port for a moment; raises MachineNotReadyError with the reason and what to type."""
    for port in ports:
        try:
            _bind(port)
        except OSError as error:
            _explain(error, *_parts(port))


def is_free(port: str) -> bool:
    """Return whether a port can be published, as far as binding it shows."""
    try:
        _bind(port)
    except OSError as error:
        return error.errno not in (errno.EADDRINUSE, errno.EADDRNOTAVAIL)
    return True


def _parts(port: str) -> tuple[str, str, str]:
    """Split [ADDRESS:]HOST_PORT:PORT[/PROTOCOL] into its address and ports."""
    rest, _, inside = port.partition("/")[0].rpartition(":")
    address, _, outside = rest.rpartition(":")
    return address.strip("[]"), outside, inside


def _bind(port: str) -> None:
    """Bind a port for a moment. Raises OSError."""
    import socket  # 10 ms, only where ports are published

    address, outside, _ = _parts(port)
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    kind = socket.SOCK_DGRAM if port.endswith("/udp") else socket.SOCK_STREAM
    with socket.socket(family, kind) as probe:
        if kind == socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((address, int(outside)))


def _explain(error: OSError, address: str, outside: str, inside: str) -> None:
    """Raise for what the engine would fail at too; a privileged port may still be open to an engine of root."""
    if error.errno == errno.EADDRINUSE:
        raise MachineNotReadyError(
            f"port {outside} of {address} is in use",
            hint=f"publish another one: --publish {address}:{int(outside) % 64511 + 1024}:{inside}; "
            f"who uses it: ss -ltnp 'sport = :{outside}'",
        ) from error
    if error.errno == errno.EADDRNOTAVAIL:
        raise MachineNotReadyError(
            f"{address} is not an address of this machine", hint="list them: ip -brief address; 0.0.0.0 means all"
        ) from error
