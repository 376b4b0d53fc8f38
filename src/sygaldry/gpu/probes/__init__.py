"""What can be asked of a machine about its GPUs: one probe a file, each by itself.

To add a probe, write `gpu/probes/NAME.py` that exports `PROBE: Final = Probe(title, asks, parse)` and a field
of that name in `gpu/facts.py`. `asks` are values; flows puts them to the machine, each with a limit in time, and
`parse` reads the recorded answers. A parser raises CouldNotCheckError for what it cannot read; it never guesses.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar, cast

from sygaldry import discovery
from sygaldry.gpu import probes
from sygaldry.gpu.recording import Recording
from sygaldry.gpu.unknown import CouldNotCheckError, Known, Unknown

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True)
class Read:
    """The texts of all files whose paths match."""

    pattern: str


@dataclass(frozen=True)
class Links:
    """Where all symbolic links that match point."""

    pattern: str


@dataclass(frozen=True)
class Names:
    """Which names that match exist, of what kind, and whether the caller may open them."""

    pattern: str


@dataclass(frozen=True)
class PathsIn:
    """Which of the host paths that the matching files name exist; a path that does not is recorded as absent."""

    pattern: str


@dataclass(frozen=True)
class Run:
    """What a program answers. `program` is one of Sygaldry's own, in gpu/programs, run by Python in a child."""

    name: str
    argv: tuple[str, ...] = ()
    program: str = ""
    timeout_s: float = 10.0


@dataclass(frozen=True)
class Variables:
    """The values of environment variables; only those named are ever looked at."""

    names: tuple[str, ...]


Ask: TypeAlias = Read | Links | Names | PathsIn | Run | Variables


@dataclass(frozen=True)
class Probe(Generic[T_co]):
    """A question about the machine and how its answers are read."""

    title: str
    asks: tuple[Ask, ...]
    parse: Callable[[Recording], T_co]


def get(name: str) -> Probe[object]:
    """Return a probe by name."""
    return cast("Probe[object]", discovery.get(probes, name, "PROBE"))


def names() -> tuple[str, ...]:
    """Name every probe."""
    return discovery.names(probes)


def parsed(name: str, probe: Probe[T_co], recording: Recording) -> Known[T_co]:
    """Read a probe's answers; whatever a text holds, the worst outcome is that it is not known."""
    if recording.probes is not None and name not in recording.probes:
        return Unknown(f"the probe {name} was not recorded")
    try:
        return probe.parse(recording)
    except CouldNotCheckError as error:
        return Unknown(str(error))
    except (
        ValueError,
        KeyError,
        IndexError,
        TypeError,
        AttributeError,
        ArithmeticError,
        RecursionError,
    ) as error:
        return Unknown(f"the answers of the probe {name} could not be understood ({type(error).__name__}: {error})")
