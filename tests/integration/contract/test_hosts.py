"""Hosts that are not as usual: no user namespaces, an image on a disk that is read-only and runs nothing."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp

import pytest
from tests.integration.conftest import LAUNCHER
from tests.integration.contract.conftest import Subject
from tests.integration.disks import small_disk

pytestmark = pytest.mark.contract


@pytest.fixture
def closed_disk(subject: Subject) -> Iterator[Path]:
    """Put the image on a disk that is read-only, and from which the kernel starts nothing."""
    image = Path(subject.variables["SYGALDRY_ROOTFS"])
    folder = Path(mkdtemp(prefix="contract-disk-"))
    folder.chmod(0o755)
    with small_disk(folder / "disk", 2 * image.stat().st_size >> 20) as disk:
        shutil.copy(image, disk / "image.sif")
        disk.chmod(0o755)
        subprocess.run(["mount", "-o", "remount,ro,noexec,nosuid,nodev", str(disk)], check=True)
        yield disk
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.parametrize("subject", ["apptainer-root", "apptainer-user"], indirect=True)
def test_an_image_on_a_disk_that_is_read_only_and_noexec(subject: Subject, closed_disk: Path) -> None:
    done = subject.launch("sh", "-c", "id -un; exit 7", SYGALDRY_ROOTFS=str(closed_disk / "image.sif"))
    assert (done.stdout, done.returncode) == ("kvothe\n", 7), done.stderr


@pytest.mark.parametrize("subject", ["apptainer-user", "sandbox-user"], indirect=True)
def test_a_kernel_without_user_namespaces_is_named(subject: Subject) -> None:
    """The limit holds in a namespace of the test, whose root sets it and then becomes the user."""
    become = " ".join((*subject.prefix, str(LAUNCHER), "--", "true"))
    script = f"read go; exec sh -c 'echo 0 > /proc/sys/user/max_user_namespaces; exec {become}'"
    process = subprocess.Popen(
        ["unshare", "--user", "sh", "-c", script],
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        env=subject.environment(), cwd="/",
    )  # fmt: skip
    namespace = Path("/proc/self/ns/user").readlink()
    deadline = time.monotonic() + 20
    while Path(f"/proc/{process.pid}/ns/user").readlink() == namespace:
        assert time.monotonic() < deadline, "the namespace is not made"
        time.sleep(0.01)
    for kind in ("uid", "gid"):
        Path(f"/proc/{process.pid}/{kind}_map").write_text("0 0 65536")
    _, err = process.communicate("go\n", timeout=60)
    assert process.returncode == 125, err
    assert "the kernel allows no user namespaces (user.max_user_namespaces is 0)" in err
    assert "sudo sysctl -w user.max_user_namespaces=15000" in err
