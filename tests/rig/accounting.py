"""The accounting of a cluster: MariaDB and slurmdbd, on 127.0.0.1, with a data folder of their own.

https://slurm.schedmd.com/accounting.html. MariaDB runs as its own user and not as root.
"""

import re
import secrets
import shutil
import subprocess
from pathlib import Path
from typing import Final

PROGRAMS: Final = ("mariadbd", "mariadb-install-db", "slurmdbd", "sacct", "sacctmgr")
USER: Final = "mysql"
_DBD: Final = """\
AuthType=auth/munge
AuthInfo=socket={folder}/munge.sock
DbdHost={host}
DbdAddr=127.0.0.1
DbdPort={port}
SlurmUser=root
PidFile={folder}/slurmdbd.pid
LogFile={folder}/log/slurmdbd.log
StorageType=accounting_storage/mysql
StorageHost=127.0.0.1
StoragePort={storage_port}
StorageUser=rig
StoragePass={password}
StorageLoc=rig
"""
_CLUSTER: Final = """\
AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=127.0.0.1
AccountingStoragePort={port}
AccountingStoragePass={folder}/munge.sock
AccountingStoreFlags=job_comment"""


def cluster_lines(folder: Path, port: int) -> str:
    """Return what slurm.conf says about the accounting."""
    return _CLUSTER.format(folder=folder, port=port)


def make_database(folder: Path) -> None:
    """Make the data folder of MariaDB."""
    data = folder / "database"
    data.mkdir()
    shutil.chown(data, USER)
    made = ("mariadb-install-db", f"--datadir={data}", f"--user={USER}", "--auth-root-authentication-method=normal")
    done = subprocess.run((*made, "--skip-test-db", "--no-defaults"), capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr).decode(errors="replace")[-2000:]


def database(folder: Path, port: int) -> tuple[str, ...]:
    """Return the command of MariaDB."""
    at = folder / "database"
    return (
        "mariadbd", "--no-defaults", f"--datadir={at}", f"--user={USER}", "--bind-address=127.0.0.1", f"--port={port}",
        f"--socket={at}/socket", f"--pid-file={at}/pid", "--innodb-buffer-pool-size=32M",
    )  # fmt: skip


def answers(folder: Path) -> bool:
    """Return whether MariaDB answers."""
    return (
        subprocess.run(_client(folder), input="select 1", text=True, capture_output=True, check=False).returncode == 0
    )


def make_user(folder: Path) -> None:
    """Make the database's user of slurmdbd."""
    (password,) = re.findall(r"^StoragePass=(.*)$", (folder / "slurmdbd.conf").read_text(), re.MULTILINE)
    text = f"create user rig@localhost identified by '{password}'; grant all on rig.* to rig@localhost;"
    subprocess.run(_client(folder), input=text, text=True, check=True, capture_output=True, timeout=30)


def configure_daemon(folder: Path, host: str, port: int, storage_port: int) -> None:
    """Write slurmdbd.conf, which nobody else may read."""
    path = folder / "slurmdbd.conf"
    path.touch(0o600)
    values = {"folder": folder, "host": host, "port": port, "storage_port": storage_port}
    path.write_text(_DBD.format(**values, password=secrets.token_hex(16)))


def _client(folder: Path) -> tuple[str, ...]:
    return ("mariadb", "--no-defaults", f"--socket={folder}/database/socket", "--user=root")
