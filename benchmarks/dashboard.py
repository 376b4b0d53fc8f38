"""Measure the dashboard: PYTHONPATH=src python -m benchmarks.dashboard [RUNS].

First page and memory with 10,000 runs, the delay of a change, idle CPU with 20 living runs and an open list, memory
with 100 followers of one log, and the search of 1 GB beside grep.
"""

import fcntl
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from http.client import HTTPConnection
from pathlib import Path

from tests.fakes.ledger import FakeRun, make_project, make_run

_SOURCE = Path(__file__).parents[1] / "src"
_MANY = 10_000
_LIVING = 20
_FOLLOWERS = 100
_IDLE_S = 20.0
_GIB = 1 << 30


class Server:
    """A dashboard in a process of its own."""

    def __init__(self, root: Path) -> None:
        environment = {**os.environ, "SYGALDRY_STORAGE_ROOT": str(root), "PYTHONPATH": str(_SOURCE)}
        words = [sys.executable, "-m", "sygaldry", "dashboard", "--no-browser"]
        began = time.monotonic()
        self.process = subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout
        match = re.search(r":(\d+)/\?token=(\S+)", self.process.stdout.readline())
        assert match
        self.start_s = time.monotonic() - began
        self.port, self.token = int(match[1]), match[2]

    def get(self, path: str) -> tuple[float, bytes]:
        """Return the seconds and the body of an answer."""
        began = time.monotonic()
        connection = HTTPConnection("127.0.0.1", self.port, timeout=120)
        connection.request("GET", path, headers={"Authorization": f"Bearer {self.token}"})
        body = connection.getresponse().read()
        connection.close()
        return time.monotonic() - began, body

    def follow(self, path: str) -> socket.socket:
        """Open a stream."""
        stream = socket.create_connection(("127.0.0.1", self.port), timeout=120)
        request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {self.token}\r\n\r\n"
        stream.sendall(request.encode())
        return stream

    @property
    def megabytes(self) -> float:
        """Return the resident memory."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024  # type: ignore[index] # the kernel writes it

    @property
    def cpu_s(self) -> float:
        """Return the CPU seconds used so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(") ")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self) -> None:
        """End it."""
        self.process.terminate()
        self.process.wait(30)


def read_until(stream: socket.socket, text: bytes) -> None:
    """Read a stream until a text has come."""
    found = b""
    while text not in found:
        found = found[-1000:] + stream.recv(1 << 20)


def measure_many(root: Path, runs: int) -> None:
    """First page, memory and delay of a change with many runs."""
    jobs = make_project(root, "many")
    for number in range(runs):
        state = ("DONE", "FAILED")[number % 7 == 0]
        make_run(jobs, FakeRun(f"job-{number % 500}", state, int(state != "DONE"), age_s=10.0 * (runs - number) + 300))
    server = Server(root)
    before = server.cpu_s
    first, body = server.get("/")
    cpu = server.cpu_s - before
    print(f"start                        {server.start_s * 1000:8.0f} ms")
    print(
        f"first page, {runs} runs      {first * 1000:8.0f} ms ({body.count(b'<tr id=')} rows, CPU {cpu * 1000:.0f} ms)"
    )
    while b"still being read" in server.get("/?state=FAILED&runs=all")[1]:
        time.sleep(0.5)
    print(f"page by state, all read      {server.get('/?state=FAILED&runs=all')[0] * 1000:8.0f} ms")
    print(f"memory with {runs} runs      {server.megabytes:8.0f} MB")
    stream = server.follow("/live")
    read_until(stream, b"event: rows")
    delays = []
    for number in range(5):
        began = time.monotonic()
        make_run(jobs, FakeRun(f"fresh-{number}", age_s=0))
        read_until(stream, f"/job/many/fresh-{number}/".encode())
        delays.append(time.monotonic() - began)
    print(f"change on the page           {statistics.median(delays) * 1000:8.0f} ms (most {max(delays) * 1000:.0f})")
    stream.close()
    server.stop()


def measure_living(root: Path) -> None:
    """Idle CPU with living runs, and memory with many followers of a log."""
    jobs = make_project(root, "living")
    held = []
    for number in range(_LIVING):
        paths = make_run(jobs, FakeRun(f"live-{number}", "PROGRESS", age_s=100))
        held.append(Path(paths.supervisor_lock).open("w"))  # noqa: SIM115 - a lock for as long as we measure
        fcntl.flock(held[-1], fcntl.LOCK_EX)
        line = (
            f"PROGRESS job=live-{number} run={paths.run} ts=2026-11-28T08:00:00Z state=PROGRESS rc=- up=1m done=3/9\n"
        )
        Path(paths.status).write_text(line)
    server = Server(root)
    stream = server.follow("/live")
    read_until(stream, b"event: rows")
    time.sleep(6)
    before = server.cpu_s
    time.sleep(_IDLE_S)
    print(f"idle CPU, {_LIVING} living, list open {(server.cpu_s - before) / _IDLE_S * 100:8.2f} % of a core")
    stream.close()
    time.sleep(1)
    before = server.cpu_s
    time.sleep(_IDLE_S)
    print(f"idle CPU, no page open       {(server.cpu_s - before) / _IDLE_S * 100:8.2f} % of a core")
    followers = [server.follow(f"/follow/living/live-0/{paths_run(jobs, 'live-0')}?after=0") for _ in range(_FOLLOWERS)]
    for each in followers:
        read_until(each, b"event: lines")
    with Path(jobs, f"live-0-{paths_run(jobs, 'live-0')}", f"live-0-{paths_run(jobs, 'live-0')}.log").open("ab") as log:
        log.write(b"".join(b"line %d of a busy log\n" % number for number in range(100_000)))
    time.sleep(5)
    print(f"memory with {_FOLLOWERS} followers    {server.megabytes:8.0f} MB")
    for each in followers:
        each.close()
    server.stop()


def paths_run(jobs: Path, job: str) -> str:
    """Return the run of a job."""
    return next(path.name.removeprefix(f"{job}-") for path in jobs.glob(f"{job}-*Z"))


def measure_search(root: Path) -> None:
    """Search 1 GB for a text at its end, beside grep; open a log of that size."""
    jobs = make_project(root, "large")
    paths = make_run(jobs, FakeRun("large", log=b""))
    line = b"[ 42%] Building CXX object src/CMakeFiles/core.dir/kernel.cpp.o with a usual length of a line\n"
    with Path(paths.log()).open("wb") as log:
        block = line * ((4 << 20) // len(line))
        while log.tell() < _GIB:
            log.write(block)
        log.write(b"the needle is here\n")
    subprocess.run(["cat", paths.log()], stdout=subprocess.DEVNULL, check=True)
    server = Server(root)
    address = f"/log/large/large/{paths.run}"
    server.get("/")
    opened, _ = server.get(address)
    seconds, body, pages = 0.0, b"", 0
    start, before = 0, server.cpu_s
    while b"the needle is here" not in body.partition(b'id="log"')[0]:
        took, body = server.get(f"{address}?find=the+needle&from={start}")
        seconds, pages = seconds + took, pages + 1
        more = re.search(rb"from=(\d+)", body)
        start = int(more[1]) if more else start
    cpu = server.cpu_s - before
    began = time.monotonic()
    subprocess.run(["grep", "-c", "-F", "the needle", paths.log()], stdout=subprocess.DEVNULL, check=True)
    plain = time.monotonic() - began
    print(f"open a log of 1 GiB          {opened * 1000:8.0f} ms")
    print(f"search 1 GiB                 {seconds * 1000:8.0f} ms in {pages} pages, CPU {cpu * 1000:.0f} ms")
    print(f"grep -F over the same        {plain * 1000:8.0f} ms")
    server.stop()


def main() -> None:
    """Measure all."""
    with tempfile.TemporaryDirectory(prefix="sygaldry-benchmark-") as folder:
        measure_many(Path(folder, "many"), int(sys.argv[1]) if len(sys.argv) > 1 else _MANY)
        measure_living(Path(folder, "living"))
        measure_search(Path(folder, "large"))


if __name__ == "__main__":
    main()
