"""A thing that is not there is named with the download, mount, environment or generator that failed above."""

import pytest
from tests.unit.explain._explained import explained

WGET = """--2026-11-20 08:00:00--  https://mirror.example.org/sdk/a.tgz
HTTP request sent, awaiting response... 404 Not Found
2026-11-20 08:00:01 ERROR 404: Not Found.

tar (child): a.tgz: Cannot open: No such file or directory
tar (child): Error is not recoverable: exiting now
"""
PROTOC = """protoc: error while loading shared libraries: libprotoc.so.32: cannot open shared object file
g++ -c main.cc
main.cc:2:10: fatal error: msg.pb.h: No such file or directory
compilation terminated.
make: *** [Makefile:4: main.o] Error 1
"""
MOUNT = """mount.nfs: Connection timed out for nas:/data on /mnt/data
python: can't open file '/mnt/data/train/run.py': [Errno 2] No such file or directory
"""
LMOD = """Lmod has detected the following error: The following module(s) are unknown: "openmpi/4.1"

/var/spool/slurm/job9/slurm_script: line 12: mpirun: command not found
"""
CMAKE = """+ curl -sSfL -o vendor/grpc-1.60.tar.gz http://mirror/grpc-1.60.tar.gz
curl: (7) Failed to connect to mirror port 80 after 0 ms: Couldn't connect to server
+ cmake -S vendor/grpc-1.60 -B build
CMake Error: The source directory "/srv/vendor/grpc-1.60" does not exist.
"""
CONDA = """EnvironmentNameNotFound: Could not find conda environment: geo
You can list all discoverable environments with `conda info --envs`.

Traceback (most recent call last):
  File "run.py", line 1, in <module>
ModuleNotFoundError: No module named 'rasterio'
"""


@pytest.mark.parametrize(
    ("log", "code", "missing", "reason"),
    [
        (WGET, 2, "a.tgz", "404: Not Found"),
        (PROTOC, 2, "msg.pb.h", "libprotoc.so.32"),
        (MOUNT, 2, "run.py", "Connection timed out"),
        (LMOD, 127, "mpirun", "openmpi/4.1"),
        (CMAKE, 1, "grpc-1.60", "Failed to connect to mirror"),
        (CONDA, 1, "rasterio", "environment: geo"),
    ],
)
def test_the_sentence_has_both(log: str, code: int, missing: str, reason: str) -> None:
    says = explained(log, code).says
    assert missing in says
    assert reason in says


def test_a_download_of_another_thing_is_not_mentioned() -> None:
    log = WGET.replace("a.tgz:", "b.csv:")
    assert "404" not in explained(log, 2).says


def test_a_file_that_no_environment_brings_is_alone() -> None:
    log = LMOD.replace("mpirun: command not found", "cd: results: No such file or directory")
    assert "openmpi" not in explained(log, 1).says


@pytest.mark.parametrize(
    ("generator", "header"),
    [
        ("flex: cannot open scan.l", "complex.h"),
        ("bison: warning: deprecated directive in parse.y", "parse.tab.h"),
        ("bison: cannot open parse.y", "table.h"),
    ],
)
def test_a_generator_of_another_file_is_not_mentioned(generator: str, header: str) -> None:
    log = f"{generator}\nmain.cc:2:10: fatal error: {header}: No such file or directory\nmake: *** [all] Error 1\n"
    assert generator not in explained(log, 2).says
