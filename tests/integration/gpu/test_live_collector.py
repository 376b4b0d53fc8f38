"""The collector looks at real files, links, nodes and libraries; bubblewrap gives it a root that is made up."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from tests.integration.gpu.conftest import PROGRAMS

from sygaldry.flows.gpu.collect import collect
from sygaldry.gpu.checks.ctr_host_libs import CHECK as HOST_LIBS
from sygaldry.gpu.facts import Facts, read
from sygaldry.gpu.unknown import known
from sygaldry.host.machine import this_machine
from sygaldry.host.run_with_timeout import run_with_timeout
from sygaldry.model.command import Command, Completed

Look = Callable[..., Facts]
# The interpreter, the loader and its libraries; all else is the test's.
_SYSTEM = ("/usr", "/bin", "/lib", "/lib64", sys.prefix, sys.base_prefix, str(PROGRAMS))


@pytest.fixture
def look() -> Look:
    """Return a collector whose children see a root of their own: the given bubblewrap arguments."""
    bwrap = this_machine().programs.get("bwrap")
    if bwrap is None:
        pytest.skip("bubblewrap is not installed")
    system = [word for path in dict.fromkeys(_SYSTEM) if Path(path).exists() for word in ("--ro-bind", path, path)]

    def collected(probe: str, *root: str) -> Facts:
        def run(command: Command) -> Completed:
            argv = (bwrap, *system, "--proc", "/proc", "--dev", "/dev", *root, "--", *command.argv)
            return run_with_timeout(Command(argv, input=command.input, timeout_s=command.timeout_s))

        return read(collect((probe, "platform"), run=run, environment={}))

    return collected


def test_paths_of_a_cdi_specification_are_looked_up_and_links_followed(look: Look, tmp_path: Path) -> None:
    spec = tmp_path / "nvidia.yaml"
    spec.write_text(
        "cdiVersion: 0.5.0\nkind: nvidia.com/gpu\ndevices:\n  - name: all\n    containerEdits:\n      deviceNodes:\n"
        "        - path: /dev/nvidia0\ncontainerEdits:\n  hooks:\n    - path: /opt/nvidia/cdi-hook\n  mounts:\n"
        "    - hostPath: /opt/driver/libcuda.so.575.57.08\n      containerPath: /inside/only\n"
        "    - hostPath: /opt/driver/libcuda.so.1\n    - hostPath: /opt/driver/dangling.so\n"
    )
    library = "/opt/driver/libcuda.so.575.57.08"
    root = ("--ro-bind", str(spec), "/etc/cdi/nvidia.yaml", "--ro-bind", str(spec), library)
    links = ("--symlink", "libcuda.so.575.57.08", "/opt/driver/libcuda.so.1")
    dangling = ("--symlink", "libcuda.so.570.00.00", "/opt/driver/dangling.so")
    (found,) = known(look("cdi", *root, *links, *dangling).cdi)
    assert found.missing == ("/opt/driver/dangling.so", "/opt/nvidia/cdi-hook")
    assert "/opt/driver/dangling.so" in found.stale("575.57.08", frozenset(found.nodes))


def test_links_of_dev_char_are_read_and_those_of_other_devices_left_out(look: Look) -> None:
    nodes = ("--dev-bind", "/dev/null", "/dev/nvidia0", "--dev-bind", "/dev/zero", "/dev/nvidia-uvm")
    links = ("--symlink", "../nvidia0", "/dev/char/195:0", "--symlink", "../null", "/dev/char/1:3")
    assert known(look("dev-char", *nodes, *links).dev_char).linked == {"/dev/nvidia0"}


def test_a_dev_char_without_links_is_known_to_be_empty_and_one_that_is_absent_is_unknown(look: Look) -> None:
    assert known(look("dev-char", "--dir", "/dev/char").dev_char).linked == frozenset()
    assert "was not looked at" in str(look("dev-char").dev_char)


def test_the_list_of_device_rules_is_read(look: Look, tmp_path: Path) -> None:
    rules = tmp_path / "devices.list"
    rules.write_text("c 1:3 rwm\nc 136:* rw\nc *:* m\n")
    found = known(look("device-rules", "--ro-bind", str(rules), "/sys/fs/cgroup/devices/devices.list").device_rules)
    assert (found.forbids(195), found.forbids(136)) == (True, False)
    rules.write_text("a *:* rwm\n")
    found = known(look("device-rules", "--ro-bind", str(rules), "/sys/fs/cgroup/devices/devices.list").device_rules)
    assert not found.forbids(195)
    assert known(look("device-rules").device_rules).majors is None


@pytest.fixture
def new_library(tmp_path: Path) -> Path:
    """Build a library that needs a version of glibc which does not exist yet."""
    if shutil.which("gcc") is None:
        pytest.skip("gcc is not installed")
    for name, text in (
        ("libc.c", "int of_the_future(void) { return 0; }\n"),
        ("libc.map", "GLIBC_9.9 { global: of_the_future; };\n"),
        ("user.c", "int of_the_future(void);\nint use(void) { return of_the_future(); }\n"),
    ):
        (tmp_path / name).write_text(text)
    build = ["gcc", "-shared", "-fPIC", "-nostdlib"]
    libc = tmp_path / "libfuture.so"
    subprocess.run(
        [*build, f"-Wl,--version-script={tmp_path}/libc.map", "-o", str(libc), f"{tmp_path}/libc.c"], check=True
    )
    library = tmp_path / "libGLdispatch.so.0"
    subprocess.run([*build, "-o", str(library), f"{tmp_path}/user.c", str(libc)], check=True)
    return library


def test_a_library_of_the_host_that_needs_a_newer_glibc_is_found(look: Look, new_library: Path) -> None:
    inside = ("--setenv", "APPTAINER_CONTAINER", "x.sif", "--ro-bind", str(new_library))
    facts = look("host-libraries", *inside, "/.singularity.d/libs/libGLdispatch.so.0")
    ((path, version),) = known(facts.host_libraries).too_new
    assert (path, version) == ("/.singularity.d/libs/libGLdispatch.so.0", (9, 9))
    assert HOST_LIBS.judge is not None
    container = replace(known(facts.platform), container=True)
    found = HOST_LIBS.judge(replace(facts, platform=container))
    assert found is not None
    assert "needs glibc 9.9, this container has 2." in found.text


def test_what_readelf_lists_is_what_the_program_reads(look: Look) -> None:
    library = next(Path("/usr/lib").glob("*-linux-gnu/libstdc++.so.6"), None)
    if library is None or shutil.which("readelf") is None:
        pytest.skip("no libstdc++ or no readelf to compare with")
    listed = subprocess.run(["readelf", "-V", str(library)], capture_output=True, text=True, check=True).stdout
    versions = [word[6:] for word in listed.split() if word.startswith("GLIBC_") and word.count(".") == 1]
    newest = max(tuple(map(int, version.split("."))) for version in versions)
    facts = look("host-libraries", "--ro-bind", str(library), "/opt/nvidia/lib64/libstdc++.so.6")
    assert known(facts.host_libraries).needs == (("/opt/nvidia/lib64/libstdc++.so.6", newest),)


def test_apptainers_list_names_what_it_would_take_from_a_host(look: Look, tmp_path: Path, new_library: Path) -> None:
    names = tmp_path / "nvliblist.conf"
    names.write_text("# binaries\nnvidia-smi\n# libraries\nlibGLdispatch.so # GL\n")
    root = ("--ro-bind", str(names), "/etc/apptainer/nvliblist.conf", "--tmpfs", "/usr/lib64")
    facts = look("host-libraries", *root, "--ro-bind", str(new_library), "/usr/lib64/libGLdispatch.so.0")
    assert dict(known(facts.host_libraries).needs)["/usr/lib64/libGLdispatch.so.0"] == (9, 9)


def test_forbidden_namespaces_are_tried_not_guessed(look: Look) -> None:
    user = ("--unshare-user", "--uid", "1000", "--gid", "1000", "--disable-userns")
    denied = known(look("sandbox", *user).sandbox)
    assert denied.error
    assert denied.switch == "/proc/sys/user/max_user_namespaces" or not denied.switch
