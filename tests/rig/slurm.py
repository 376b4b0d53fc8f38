"""A real Slurm cluster on this machine, in a second: `python -m tests.rig.slurm` starts one and prints how to use it.

munge, slurmctld and one slurmd per node live in one private folder, on 127.0.0.1. Each node has a host name, process
ids and mounts of its own, so that SIGKILL to its first process is a power cut. The facts behind the configuration:
https://slurm.schedmd.com/slurm.conf.html and reference/slurm.md of the project's shared folder. Needs root.
With `--accounting`, MariaDB and slurmdbd keep what the controller forgets; with `--cgroups`, the kernel confines jobs.
"""

import argparse
import contextlib
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.rig import accounting, cgroups

PROGRAMS: Final = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scontrol", "scancel")
_PATIENCE_S: Final = 120.0  # a second on an idle machine
_PORTS: Final = 16  # that belong to one cluster
_CLAIMS: Final[list[socket.socket]] = []  # on the ports of this process's clusters, until it ends
_CONFIGURATION: Final = """\
ClusterName=rig
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={port}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.sock
CredType=cred/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool/%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.%n.pid
SlurmctldLogFile={folder}/log/slurmctld.log
SlurmdLogFile={folder}/log/slurmd.%n.log
{confinement}
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=2
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerType=sched/backfill
SchedulerParameters=sched_min_interval=100000,batch_sched_delay=0,defer_batch=0,bf_interval=2
SlurmdParameters=config_overrides
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
ReturnToService=2
SlurmctldTimeout=10
SlurmdTimeout=10
InactiveLimit=0
KillWait=5
MinJobAge={remembered_s}
Waittime=0
MpiDefault=none
SwitchType=switch/none
{accounting}
JobRequeue=1
GresTypes=gpu
DefMemPerCPU=100
NodeName=n[1-{nodes}] NodeHostname={host} NodeAddr=127.0.0.1 Port=[{first}-{last}] CPUs=4 RealMemory=4000 \
Gres=gpu:2 State=UNKNOWN
PartitionName=main Nodes=n[1-{nodes}] Default=YES MaxTime=INFINITE State=UP PriorityTier=1
PartitionName=urgent Nodes=n[1-{nodes}] MaxTime=INFINITE State=UP PriorityTier=10 PreemptMode=OFF
"""


_NO_ACCOUNTING: Final = "AccountingStorageType=accounting_storage/none"
_NO_CONFINEMENT: Final = "ProctrackType=proctrack/linuxproc\nTaskPlugin=task/none"


def missing(programs: Sequence[str] = PROGRAMS) -> str:
    """Say why no cluster can be started here; empty if one can."""
    absent = [name for name in programs if not shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/sbin")]
    if absent:
        return (
            f"not installed: {', '.join(absent)} (Debian: slurmctld slurmd slurm-client munge; slurmdbd mariadb-server)"
        )
    return "" if os.geteuid() == 0 else "a cluster of several nodes on one machine needs root"


@dataclass
class Cluster:
    """A cluster whose parts can be killed, frozen and started again, one by one."""

    folder: Path
    nodes: int = 3
    accounting: bool = False
    cgroups: bool = False
    remembered_s: int = 300  # how long the controller knows a job after its end
    processes: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    @property
    def environment(self) -> Mapping[str, str]:
        """Return the variables with which a command reaches this cluster."""
        return {
            "SLURM_CONF": str(self.folder / "slurm.conf"),
            "PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin",
        }

    def start(self) -> None:
        """Start everything and wait until every node is idle."""
        first = free_ports(self.nodes + 3)
        self._configure(first)
        self._start_munge()
        if self.accounting:
            self._start_accounting(first + self.nodes + 1)
        self.start_controller()
        for number in range(1, self.nodes + 1):
            self.start_node(f"n{number}")
        self.idle_again()

    def stop(self) -> None:
        """End everything that this cluster started, nodes first."""
        for name in sorted(self.processes, reverse=True):
            self.kill(name)
        if self.cgroups:
            cgroups.remove(f"n{number}" for number in range(1, self.nodes + 1))

    def start_controller(self) -> None:
        """Start slurmctld and wait until it answers."""
        self._spawn("slurmctld", "slurmctld", "-D")
        self.wait(lambda: "is UP" in self.ask("scontrol", "ping"), "a controller that answers")

    def reset_controller(self) -> None:
        """Let the controller lose its state, as after a lost disk: it forgets all jobs and begins with id 1 again."""
        self.kill("slurmctld")
        shutil.rmtree(self.folder / "state")
        (self.folder / "state").mkdir()
        self.start_controller()

    def start_database(self) -> None:
        """Start MariaDB and wait until it answers."""
        self._spawn("mariadb", *accounting.database(self.folder, self._port_of_database()))
        self.wait(lambda: accounting.answers(self.folder), "a database that answers")

    def start_database_daemon(self) -> None:
        """Start slurmdbd and wait until it answers."""
        self._spawn("slurmdbd", "slurmdbd", "-D")
        self.wait(lambda: self.run("sacctmgr", "-n", "show", "cluster").returncode == 0, "accounting that answers")

    def start_node(self, name: str) -> None:
        """Start slurmd with a host name, process ids and mounts of its own; it can be killed without its node."""
        script = f"hostname {name}; slurmd -D -N {name} & while :; do wait; sleep 1; done"
        namespaces = ("unshare", "--uts", "--pid", "--mount", "--fork", "--kill-child", "--mount-proc")
        self._spawn(name, *namespaces, "sh", "-c", script)

    def kill(self, name: str) -> None:
        """Kill a part without warning; of a node, every process dies at once, as in a power cut."""
        process = self.processes.pop(name)
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        process.wait()

    def kill_program(self, words: str, job: str = "") -> None:
        """Kill a program of this cluster alone, such as the daemon of a node, whose jobs run on."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                line = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                environment = (process / "environ").read_bytes()
                ours = str(self.folder).encode() in environment
                if line.startswith(words) and ours and job in line:
                    found.append(int(process.name))
        if not found:
            raise ProcessLookupError(f"no {words} of this cluster runs")
        for pid in found:
            os.kill(pid, signal.SIGKILL)

    def end_jobs(self) -> None:
        """Cancel what still waits or runs, so that no test finds a node taken by another."""
        self.run("scancel", "--quiet", f"--user={os.geteuid()}")

    def idle_again(self) -> None:
        """Wait until every node is idle."""
        idle = ["idle"] * self.nodes
        self.wait(lambda: self.ask("sinfo", "-h", "-N", "-p", "main", "-o", "%t").split() == idle, "idle nodes")

    def freeze(self, name: str) -> None:
        """Stop a part: it keeps its connections and answers nothing."""
        self.processes[name].send_signal(signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        """Let a frozen part go on."""
        self.processes[name].send_signal(signal.SIGCONT)

    def run(self, *words: str, timeout_s: float = 60, **more: str) -> "subprocess.CompletedProcess[str]":
        """Run a command of the cluster's user."""
        environment = {**os.environ, **self.environment, **more}
        return subprocess.run(words, env=environment, capture_output=True, text=True, timeout=timeout_s, check=False)

    def ask(self, *words: str) -> str:
        """Return what a command prints."""
        return self.run(*words).stdout

    def wait(self, condition: Callable[[], bool], what: str) -> None:
        """Wait for a condition; raises TimeoutError that names it."""
        deadline = time.monotonic() + _PATIENCE_S
        while not condition():
            if time.monotonic() > deadline:
                seen = self.ask("sinfo", "-h", "-N", "-o", "%N %t %E") + self.ask(
                    "squeue", "-h", "-o", "%i %T %j %r %N"
                )
                raise TimeoutError(f"no {what} within {_PATIENCE_S:g} s; see {self.folder}/log; {seen}")
            time.sleep(0.05)

    def _port_of_database(self) -> int:
        (line,) = re.findall(r"^StoragePort=(\d+)$", (self.folder / "slurmdbd.conf").read_text(), re.MULTILINE)
        return int(line)

    def _start_accounting(self, port: int) -> None:
        accounting.make_database(self.folder)
        accounting.configure_daemon(self.folder, _host(), port, port + 1)
        self.start_database()
        accounting.make_user(self.folder)
        self.start_database_daemon()
        made = self.run("sacctmgr", "-i", "add", "cluster", "rig")  # before the first start of the controller
        assert made.returncode == 0, made.stderr

    def _configure(self, first: int) -> None:
        for name in ("state", "spool", "log", *(f"spool/n{number}" for number in range(1, self.nodes + 1))):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        port = first + self.nodes + 1
        values = {
            "host": _host(),
            "folder": self.folder,
            "port": first,
            "first": first + 1,
            "last": first + self.nodes,
            "nodes": self.nodes,
            "accounting": accounting.cluster_lines(self.folder, port) if self.accounting else _NO_ACCOUNTING,
            "confinement": cgroups.CLUSTER if self.cgroups else _NO_CONFINEMENT,
            "remembered_s": self.remembered_s,
        }
        (self.folder / "slurm.conf").write_text(_CONFIGURATION.format(**values))
        (self.folder / "cgroup.conf").write_text(cgroups.CONFIGURATION)
        for number in (0, 1):  # devices that look like GPUs
            with contextlib.suppress(FileExistsError):
                os.mknod(self.folder / f"gpu{number}", 0o20666, os.makedev(1, 5))
        names = f"n[1-{self.nodes}]"
        (self.folder / "gres.conf").write_text(f"NodeName={names} Name=gpu File={self.folder}/gpu[0-1]\n")

    def _start_munge(self) -> None:
        key = self.folder / "munge.key"
        key.write_bytes(secrets.token_bytes(1024))
        key.chmod(0o400)
        at = self.folder
        self._spawn(
            "a-munge", "munged", "--foreground", "--force", f"--key-file={key}", f"--socket={at}/munge.sock",
            f"--pid-file={at}/munged.pid", f"--log-file={at}/log/munged.log", f"--seed-file={at}/munged.seed",
        )  # fmt: skip
        self.wait((self.folder / "munge.sock").exists, "munge")

    def _spawn(self, name: str, *words: str) -> None:
        with (self.folder / "log" / f"{name}.out").open("ab") as out:
            self.processes[name] = subprocess.Popen(
                words,
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )


def _host() -> str:
    return socket.gethostname().split(".")[0]


def free_ports(count: int) -> int:
    """Return the first of so many ports in a row that nobody listens on; no other cluster gets them meanwhile."""
    for first in range(16800, 32000, _PORTS):
        with contextlib.ExitStack() as held, contextlib.suppress(OSError):
            # A name that the kernel gives to one process at a time, until that process ends.
            claim = held.enter_context(socket.socket(socket.AF_UNIX))
            claim.bind(f"\0sygaldry-rig-{first}")
            for port in range(first, first + count):
                held.enter_context(socket.socket()).bind(("127.0.0.1", port))
            _CLAIMS.append(socket.socket(fileno=claim.detach()))
            return first
    raise OSError("no free ports on 127.0.0.1")


@contextlib.contextmanager
def cluster(
    nodes: int = 3, *, accounting: bool = False, cgroups: bool = False, remembered_s: int = 300
) -> Iterator[Cluster]:
    """Give a cluster for as long as this lasts."""
    with tempfile.TemporaryDirectory(prefix="sygaldry-slurm-", dir="/tmp") as folder:
        Path(folder).chmod(0o755)  # jobs of other users read the configuration
        made = Cluster(Path(folder), nodes, accounting, cgroups, remembered_s)
        try:
            made.start()
            yield made
        finally:
            made.stop()


def main() -> int:
    """Start a cluster, say how to use it, and keep it until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m tests.rig.slurm", description=main.__doc__)
    parser.add_argument("--nodes", type=int, default=3)
    parser.add_argument("--accounting", action="store_true", help="MariaDB and slurmdbd")
    parser.add_argument("--cgroups", action="store_true", help="confine jobs by cgroups")
    asked = parser.parse_args()
    why = missing((*PROGRAMS, *accounting.PROGRAMS) if asked.accounting else PROGRAMS)
    if why := why or (cgroups.missing() if asked.cgroups else ""):
        print(f"no cluster: {why}", file=sys.stderr)
        return 4
    with (
        cluster(asked.nodes, accounting=asked.accounting, cgroups=asked.cgroups) as made,
        contextlib.suppress(KeyboardInterrupt),
    ):
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        print(f"export SLURM_CONF={made.folder}/slurm.conf PATH=$PATH:/usr/sbin")
        print("# then: sinfo, sbatch, tools/zephyr_job run --executor slurm --job hello -- hostname; Ctrl-C ends it")
        sys.stdout.flush()
        signal.pause()
    return 0


if __name__ == "__main__":
    sys.exit(main())
