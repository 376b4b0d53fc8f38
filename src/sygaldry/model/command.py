"""A program to run, as a value: built by adapters, run only by host."""

from __future__ import annotations

from sygaldry.model.value import dataclass, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

MISSING = 127  # what a shell answers for a program that is not there
# Exports the lines of the file $1, each after the prefix $0, and becomes the rest of the words.
_EXPORT_LINES = (
    'while IFS= read -r line || [ "$line" ]; do case $line in \\#*) ;; *=*) export "$0$line" ;; esac; done <"$1"; '
    'shift; exec "$@"'
)
TIMED_OUT = 124  # what timeout(1) answers


@dataclass(frozen=True)
class Command:
    """An argument list and how to run it.

    `environment` None means the caller's own; otherwise it is the whole environment, to which the caller's
    values of the names in `passed` are added, so that a secret is never part of this value. `descriptors` are
    file descriptors the program expects to be open for writing. `prefix` is put before the names in `passed`.
    `inherited` are names that are passed without the prefix.
    `holds` are descriptors of locks that are taken for as long as the program lives, whatever becomes of us. `inputs`
    are files that the program expects to be open for reading. `attach` is a program that gives the sandbox its network:
    its words `{network}`, `{users}` and `{pid}` stand for the namespaces and for a file that takes its process id. The
    sandbox waits for it on the descriptor `gate`.
    `secrets` are names of the caller's variables whose values `host` writes to `secret_file` before it starts.
    `env_files` are files of NAME=VALUE lines that are added to the environment, after the same prefix, when it starts.
    """

    argv: tuple[str, ...]
    environment: Mapping[str, str] | None = None
    passed: tuple[str, ...] = ()
    input: str | None = None
    timeout_s: float | None = None
    descriptors: tuple[int, ...] = ()
    prefix: str = ""
    inherited: tuple[str, ...] = ()
    env_files: tuple[str, ...] = ()
    holds: tuple[int, ...] = ()
    inputs: Mapping[int, str] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()
    secret_file: str = ""
    gate: int = -1
    attach: tuple[str, ...] = ()

    def shown(self) -> str:
        """Format as one line that can be pasted into a shell and does the same."""
        from shlex import quote

        words = [*self._secret_words(), *self._environment_words(), *(quote(word) for word in self.argv)]
        words += [f"{number}>/dev/null" for number in self.descriptors]
        words += [f"{number}<{quote(path)}" for number, path in self.inputs.items()]
        # Typed into a shell, the sandbox does not wait, and has no network but its own loopback.
        words += [f"{self.gate}</dev/zero"] if self.gate >= 0 else []
        return " ".join(words)

    def _secret_words(self) -> list[str]:
        """Format what writes the file of secrets, from the variables of the shell that it is typed into."""
        if not self.secret_file:
            return []
        from shlex import quote

        folder = quote(self.secret_file.rpartition("/")[0])
        values = [f'{name}="${name}"' for name in self.secrets]
        write = ["env", "-i", *values, "env", "-0", f">{quote(self.secret_file)}"]
        return ["mkdir", "-p", "-m", "700", folder, "&&", *write, "&&"]

    def _environment_words(self) -> list[str]:
        if self.environment is None:
            return []
        from shlex import quote

        own = [f"{name}={quote(value)}" for name, value in self.environment.items()]
        # Left out where the caller has none: an empty TMPDIR is not the same as no TMPDIR.
        kept = [f'${{{name}+"{name}=${name}"}}' for name in self.inherited]
        words = ["env", "-i", *own, *kept, *(f'{self.prefix}{name}="${name}"' for name in self.passed)]
        for path in self.env_files:
            words += ["bash", "-c", quote(_EXPORT_LINES), self.prefix or "''", quote(path)]
        return words


@dataclass(frozen=True)
class Completed:
    """What a finished program answered. `returncode` is 127 if it is missing, 124 if it timed out."""

    command: Command
    returncode: int
    out: str = ""
    err: str = ""

    @property
    def ok(self) -> bool:
        return self.returncode == 0

    @property
    def last_line(self) -> str:
        """The last line of its output, usually the reason of a failure."""
        lines = [line.strip() for line in (self.err or self.out).splitlines() if line.strip()]
        return lines[-1] if lines else ""


@dataclass(frozen=True)
class HttpGet:
    """One GET over a local socket: how an engine is asked without starting its client (36 ms)."""

    socket: str
    path: str
    timeout_s: float = 30.0


@dataclass(frozen=True)
class HttpAnswer:
    """The status (0 when nobody answered, -1 when the door is locked), the body, and who the server says it is."""

    status: int
    body: str = ""
    error: str = field(default="", compare=False)
    server: str = ""
