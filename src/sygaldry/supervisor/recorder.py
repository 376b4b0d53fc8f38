"""Write the events and the status line of a run; on a full disk the ballast makes room for the last words."""

from __future__ import annotations

import errno
import os
import time

from sygaldry.supervisor.lease import Lease
from sygaldry.supervisor.ledger import Events, now, replace
from sygaldry.supervisor.log_pipe import order_secrets
from sygaldry.supervisor.run_files import RunFiles
from sygaldry.supervisor.safe_files import open_regular, read_head
from sygaldry.supervisor.status_line import duration, status_line

_BALLAST = 64 << 10


class RunRecorder:
    """Writes the events and the status line of one run."""

    def __init__(self, paths: RunFiles, began: float | None = None, secrets: tuple[bytes, ...] = ()) -> None:
        self.paths = paths
        self._secrets = order_secrets(secrets)
        self.lease = Lease(paths)
        self.disk_low_recorded = False
        self._events = Events(paths.events)
        self._started = time.monotonic() if began is None else began
        self._ballast = self._load_ballast()

    def event(self, event: str, offset: int, *, durable: bool = True, **facts: object) -> None:
        """Append an event; on a full disk, release the ballast and try once more."""
        facts = {name: self._masked(value) if isinstance(value, str) else value for name, value in facts.items()}
        for _ in range(2):
            try:
                self._events.append(event, offset, durable=durable, **facts)
            except OSError as error:
                if not self._make_room(error):
                    return
            else:
                return

    def write_status(
        self, state: str, more: dict[str, str], *, code: object = "-", step: str = "", durable: bool = False
    ) -> None:
        """Replace the status line unless a newer run owns it; `more` holds the fields of this state."""
        fields = {
            "job": self.paths.job,
            "run": self.paths.run,
            "ts": now()[:19] + "Z",
            "state": state,
            "rc": str(code),
            "up": duration(time.monotonic() - self._started),
            "host": os.environ.get("SLURMD_NODENAME", ""),
            **more,
        }
        if self._is_newest():
            for _ in range(2):
                try:
                    replace(self.paths.status, status_line(fields, self._masked(step)), durable=durable)
                except OSError as error:
                    if not self._make_room(error):
                        return
                else:
                    return

    def close(self) -> None:
        """Release the ballast."""
        self._drop_ballast()

    def _masked(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret.decode("utf-8", "replace"), "***")
        return text

    def _is_newest(self) -> bool:
        if self.paths.is_separate:
            return True
        _, _, rest = read_head(self.paths.status, 400).decode("utf-8", "replace").partition(" run=")
        return rest.split(" ")[0] <= self.paths.run

    def _make_room(self, error: OSError) -> bool:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT) or not self._ballast:
            return False
        self._drop_ballast()
        return True

    def _load_ballast(self) -> bool:
        try:
            descriptor = open_regular(self.paths.ballast, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            try:
                os.write(descriptor, bytes(_BALLAST))
            finally:
                os.close(descriptor)
        except OSError:
            return False
        return True

    def _drop_ballast(self) -> None:
        self._ballast = False
        try:
            os.unlink(self.paths.ballast)
        except OSError:
            pass
