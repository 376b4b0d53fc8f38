"""A real Slurm cluster on this machine, in a second: `python -m tests.rig.slurm` starts one and prints how to use it.

munge, slurmctld and one slurmd per node live in one private folder, on 127.0.0.1. Each node has a host name, process
ids and mounts of its own, so that SIGKILL to its first process is a power cut. The facts behind the configuration:
https://slurm.schedmd.com/slurm.conf.html and reference/slurm.md of the project's shared folder. Needs root.
"""

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

PROGRAMS: Final = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scontrol", "scancel")
_PATIENCE_S: Final = 120.0  # a second on an idle machine
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
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
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
MinJobAge=300
Waittime=0
MpiDefault=none
SwitchType=switch/none
AccountingStorageType={accounting}
{accounting_lines}
JobRequeue=1
GresTypes=gpu
DefMemPerCPU=100
NodeName=n[1-{nodes}] NodeHostname={host} NodeAddr=127.0.0.1 Port=[{first}-{last}] CPUs=4 RealMemory=4000 \
Gres=gpu:2 State=UNKNOWN
PartitionName=main Nodes=n[1-{nodes}] Default=YES MaxTime=INFINITE State=UP PriorityTier=1
PartitionName=urgent Nodes=n[1-{nodes}] MaxTime=INFINITE State=UP PriorityTier=10 PreemptMode=OFF
"""


def missing() -> str:
    """Say why no cluster can be started here; empty if one can."""
    absent = [name for name in PROGRAMS if not shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/sbin")]
    if absent:
        return f"not installed: {', '.join(absent)} (Debian: slurmctld slurmd slurm-client munge)"
    return "" if os.geteuid() == 0 else "a cluster of several nodes on one machine needs root"


@dataclass
class Cluster:
    """A cluster whose parts can be killed, frozen and started again, one by one."""

    folder: Path
    nodes: int = 3
    accounting: str = "accounting_storage/none"
    accounting_lines: str = ""
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
        self._configure()
        self._start_munge()
        self.start_controller()
        for number in range(1, self.nodes + 1):
            self.start_node(f"n{number}")
        self.idle_again()

    def stop(self) -> None:
        """End everything that this cluster started, nodes first."""
        for name in sorted(self.processes, reverse=True):
            self.kill(name)

    def start_controller(self) -> None:
        """Start slurmctld and wait until it answers."""
        self._spawn("slurmctld", "slurmctld", "-D")
        self.wait(lambda: "is UP" in self.ask("scontrol", "ping"), "a controller that answers")

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
                raise TimeoutError(f"no {what} within {_PATIENCE_S:g} s; see {self.folder}/log")
            time.sleep(0.05)

    def _configure(self) -> None:
        for name in ("state", "spool", "log", *(f"spool/n{number}" for number in range(1, self.nodes + 1))):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        first = free_ports(self.nodes + 1)
        values = {
            "host": socket.gethostname().split(".")[0],
            "folder": self.folder,
            "port": first,
            "first": first + 1,
            "last": first + self.nodes,
            "nodes": self.nodes,
            "accounting": self.accounting,
            "accounting_lines": self.accounting_lines,
        }
        (self.folder / "slurm.conf").write_text(_CONFIGURATION.format(**values))
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


def free_ports(count: int) -> int:
    """Return the first of so many ports in a row that nobody listens on."""
    for first in range(16800, 32000, count):
        with contextlib.ExitStack() as held, contextlib.suppress(OSError):
            for port in range(first, first + count):
                held.enter_context(socket.socket()).bind(("127.0.0.1", port))
            return first
    raise OSError("no free ports on 127.0.0.1")


@contextlib.contextmanager
def cluster(nodes: int = 3) -> Iterator[Cluster]:
    """Give a cluster for as long as this lasts."""
    with tempfile.TemporaryDirectory(prefix="sygaldry-slurm-", dir="/tmp") as folder:
        Path(folder).chmod(0o755)  # jobs of other users read the configuration
        made = Cluster(Path(folder), nodes)
        try:
            made.start()
            yield made
        finally:
            made.stop()


def main() -> int:
    """Start a cluster, say how to use it, and keep it until Ctrl-C."""
    if why := missing():
        print(f"no cluster: {why}", file=sys.stderr)
        return 4
    with cluster() as made, contextlib.suppress(KeyboardInterrupt):
        print(f"export SLURM_CONF={made.folder}/slurm.conf PATH=$PATH:/usr/sbin")
        print("# then: sinfo, sbatch, tools/zephyr_job run --executor slurm --job hello -- hostname; Ctrl-C ends it")
        sys.stdout.flush()
        signal.pause()
    return 0


if __name__ == "__main__":
    sys.exit(main())
