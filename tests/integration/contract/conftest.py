"""Every runtime with the real program, as root and as an ordinary user: what passes here counts as supported.

A subject whose program is missing, or that this machine forbids, is skipped as "untested here" with the reason.
"""

import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

import pytest
from tests.integration.conftest import LAUNCHER, SYGALDRY, World
from tests.rig.denied import skip_if_denied

from sygaldry import runtimes

USER = f"contract-{os.getpid()}"
IMAGE = "sygaldry/test:contract"
TAKEN_OVER = "localhost/sygaldry-contract:1"  # the same image in other engines, under a name that is never built
_START_S = 60.0
# Podman's own limits need CAP_SYS_RESOURCE, which the root of a container lacks; crun refuses hybrid cgroups.
_CONTAINERS_CONF = """[containers]
default_ulimits = ["nofile=20000:20000", "nproc=32768:32768"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
"""
# A launch honours signals that its caller ignores, as nohup and the background of a script do.
_DEFAULT_SIGNALS = ("env", "--default-signal=INT,HUP,QUIT")


@dataclass(frozen=True)
class Subject:
    """One runtime for one user: a storage, a workspace, and the variables of its launches."""

    runtime: str
    user: str
    uid: int
    folder: Path
    prefix: tuple[str, ...]
    variables: Mapping[str, str]

    @property
    def workspace(self) -> Path:
        return self.folder / "work"

    def environment(self, **more: str) -> dict[str, str]:
        world = World(self.folder / "storage", self.variables)
        base = world.environment(SYGALDRY_WORKSPACE=str(self.workspace), SYGALDRY_SHM_SIZE="64m", SYGALDRY_QUIET="1")
        if self.uid:
            base |= {"HOME": str(self.folder), "USER": USER, "XDG_RUNTIME_DIR": str(self.folder / "run")}
            # One Python environment for all subjects of the user; it takes ten seconds to make.
            base |= {"SYGALDRY_PYTHON": "/usr/bin/python3", "SYGALDRY_VENV": str(self.folder.parent / "venv")}
        return base | more

    def image_users(self) -> list[str]:
        """Return the processes of this user that hold the image file open; an engine has no such file."""
        image = self.variables.get("SYGALDRY_ROOTFS", "")
        processes = [each for each in Path("/proc").iterdir() if each.name.isdigit()] if image else []
        return [each.name for each in processes if _owner(each) == self.uid and image in _open_files(each)]

    def start(self, *words: str, program: Path = LAUNCHER) -> "subprocess.Popen[str]":
        """Start a launch and return its process, in a session of its own."""
        return subprocess.Popen(
            [*self.prefix, *_DEFAULT_SIGNALS, str(program), *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self.environment(),
            cwd="/",
            start_new_session=True,
        )

    def launch(self, *command: str, stdin: str = "", **more: str) -> "subprocess.CompletedProcess[str]":
        """Run a command in the environment to its end."""
        return self._run(LAUNCHER, ("--", *command), stdin, more)

    def sygaldry(self, *words: str, **more: str) -> "subprocess.CompletedProcess[str]":
        """Run a command line of Sygaldry to its end."""
        return self._run(SYGALDRY, words, "", more)

    def _run(
        self, program: Path, words: tuple[str, ...], stdin: str, more: Mapping[str, str]
    ) -> "subprocess.CompletedProcess[str]":
        argv = [*self.prefix, str(program), *words]
        environment = self.environment(**more)
        return subprocess.run(
            argv, input=stdin, capture_output=True, text=True, env=environment, cwd="/", timeout=300, check=False
        )


def _open_files(process: Path) -> list[str]:
    """Return what a process has open; none if it has ended meanwhile."""
    found = []
    with suppress(OSError):
        for each in (process / "fd").iterdir():
            with suppress(OSError):  # it is closed meanwhile
                found.append(str(each.readlink()))
    return found


def _owner(process: Path) -> int:
    try:
        return process.stat().st_uid
    except OSError:
        return -1


@pytest.fixture(scope="session")
def ordinary_user() -> Iterator[str]:
    """Make an ordinary user with subordinate ids; gone at the end."""
    if os.getuid() != 0:
        pytest.skip("untested here: making a user needs root")
    if not shutil.which("useradd"):
        pytest.skip("untested here: no useradd")
    subprocess.run(["useradd", "--create-home", "--home-dir", mkdtemp(prefix="contract-") + "/home", USER], check=False)
    Path(pwd.getpwnam(USER).pw_dir).parent.chmod(0o711)
    yield USER
    home = Path(pwd.getpwnam(USER).pw_dir)
    subprocess.run(["pkill", "--uid", USER], check=False)
    subprocess.run(["userdel", USER], capture_output=True, check=False)
    shutil.rmtree(home.parent, ignore_errors=True)


@pytest.fixture(scope="session")
def base_image(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Build one image with docker, which podman and Apptainer take over."""
    world = World(tmp_path_factory.mktemp("contract"), {"SYGALDRY_RUNTIME": "docker"})
    if _run("docker", "version").returncode != 0:
        pytest.skip("untested here: the image of the contract is made with docker")
    facts = dict(line.partition("=")[::2] for line in Path("/etc/os-release").read_text().splitlines())
    base = f"sygaldry/base:{facts.get('VERSION_CODENAME', 'bookworm')}"
    if _run("docker", "image", "inspect", base).returncode != 0:
        made = world.sygaldry("image", "base")
        if made.returncode != 0:
            pytest.skip(f"untested here: no base image can be made: {made.stderr}")
    settings = {"SYGALDRY_BASE_IMAGE": base, "SYGALDRY_TOOLCHAINS": "none", "SYGALDRY_IMAGE": IMAGE}
    built = world.sygaldry("image", "build", **settings)
    assert built.returncode == 0, built.stderr
    return base


# What the reference page of the runtimes claims, so that it claims nothing that is not tried.
_SUBJECTS = tuple(f"{name}-{user}" for name in runtimes.names() for user in runtimes.get(name).tested_as)


@pytest.fixture(scope="session", params=_SUBJECTS)
def subject(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Subject:
    """Give each runtime, as root and as an ordinary user, and the ordinary user's own Docker."""
    runtime, _, who = request.param.partition("-")
    prefix: tuple[str, ...] = ()
    if os.getuid() != 0:
        pytest.skip("untested here: the suite becomes root and an ordinary user, which needs root")
    if who == "root":
        folder, uid = tmp_path_factory.mktemp(f"contract-{runtime}"), 0
    else:
        user = request.getfixturevalue("ordinary_user")
        account = pwd.getpwnam(user)
        folder, uid = Path(account.pw_dir, request.param), account.pw_uid
        groups = ["--init-groups"] if request.param != "docker-user" else [f"--groups={_docker_group()}"]
        prefix = ("setpriv", f"--reuid={uid}", f"--regid={account.pw_gid}", *groups)
        for each in (folder, folder / "run"):
            each.mkdir(mode=0o700, parents=True)
            os.chown(each, uid, account.pw_gid)
    work = folder / "work"
    work.mkdir()
    os.chown(work, uid, -1)
    prepare = _rootless if request.param == "docker-rootless" else _VARIABLES[runtime]
    variables = prepare(request, folder, prefix, uid)
    return Subject(runtime, who, uid, folder, prefix, {"SYGALDRY_RUNTIME": runtime, **variables})


def _docker(request: pytest.FixtureRequest, folder: Path, prefix: tuple[str, ...], uid: int) -> dict[str, str]:
    del folder, prefix, uid
    base = request.getfixturevalue("base_image")
    return {"SYGALDRY_BASE_IMAGE": base, "SYGALDRY_TOOLCHAINS": "none", "SYGALDRY_IMAGE": IMAGE}


def _podman(request: pytest.FixtureRequest, folder: Path, prefix: tuple[str, ...], uid: int) -> dict[str, str]:
    if missing := [each for each in ("podman", "runc", "catatonit", "newuidmap") if not shutil.which(each)]:
        pytest.skip(f"untested here: not installed: {', '.join(missing)}")
    skip_if_denied("/dev/net/tun", prefix)
    request.getfixturevalue("base_image")
    settings = {"CONTAINERS_CONF": str(folder / "containers.conf"), "SYGALDRY_IMAGE": TAKEN_OVER}
    Path(settings["CONTAINERS_CONF"]).write_text(_CONTAINERS_CONF)
    if uid:
        settings["CONTAINERS_STORAGE_CONF"] = str(folder / "storage.conf")
        Path(settings["CONTAINERS_STORAGE_CONF"]).write_text(
            f'[storage]\ndriver = "overlay"\nrunroot = "{folder}/run/containers"\ngraphroot = "{folder}/containers"\n'
        )
    archive = _saved_image(folder)
    own = {"HOME": str(folder), "XDG_RUNTIME_DIR": str(folder / "run"), **settings} if uid else settings
    loaded = subprocess.run(
        [*prefix, "podman", "load", "--quiet", "--input", str(archive)],
        capture_output=True,
        text=True,
        env={**os.environ, **own},
        cwd="/",
        check=False,
    )
    archive.unlink()
    if loaded.returncode != 0:
        pytest.skip(f"untested here: podman does not work for this user: {loaded.stderr.strip()[-200:]}")
    return settings


def _saved_image(folder: Path) -> Path:
    archive = folder / "image.tar"
    assert _run("docker", "tag", IMAGE, TAKEN_OVER).returncode == 0
    assert _run("docker", "save", "--output", str(archive), TAKEN_OVER).returncode == 0
    archive.chmod(0o644)
    return archive


def _rootless(request: pytest.FixtureRequest, folder: Path, prefix: tuple[str, ...], uid: int) -> dict[str, str]:
    """Start the user's own engine, which ends with the session."""
    del uid
    program = shutil.which("dockerd-rootless.sh") or "/usr/share/docker.io/contrib/dockerd-rootless.sh"
    wanted = (program, "rootlesskit", "newuidmap", "slirp4netns", "dockerd")
    if missing := [each for each in wanted if not shutil.which(each)]:
        pytest.skip(f"untested here: not installed: {', '.join(missing)}")
    request.getfixturevalue("base_image")
    run = folder / "run"
    own = {"HOME": str(folder), "XDG_RUNTIME_DIR": str(run), "DOCKER_HOST": f"unix://{run}/docker.sock"}
    environment = {**os.environ, **own}
    log = folder / "dockerd.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [*prefix, program, "--data-root", str(folder / "data")],
            stdout=output, stderr=output, env=environment, cwd="/", start_new_session=True,
        )  # fmt: skip
    request.addfinalizer(lambda: _stop(server))
    deadline = time.monotonic() + _START_S
    while _run("docker", "version", DOCKER_HOST=own["DOCKER_HOST"]).returncode != 0:
        if server.poll() is not None or time.monotonic() > deadline:
            pytest.skip(f"untested here: a rootless engine does not start: {log.read_text()[-300:]}")
        time.sleep(0.2)
    archive = _saved_image(folder)
    loaded = _run("docker", "load", "--quiet", "--input", str(archive), DOCKER_HOST=own["DOCKER_HOST"])
    archive.unlink()
    assert loaded.returncode == 0, loaded.stderr
    tried = _run("docker", "run", "--rm", "--init", TAKEN_OVER, "true", DOCKER_HOST=own["DOCKER_HOST"])
    if tried.returncode != 0:
        pytest.skip(f"untested here: a rootless engine runs no container: {tried.stderr.strip()[-300:]}")
    return {"DOCKER_HOST": own["DOCKER_HOST"], "SYGALDRY_IMAGE": TAKEN_OVER}


def _stop(server: "subprocess.Popen[bytes]") -> None:
    server.terminate()
    try:
        server.wait(timeout=20)
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def _apptainer(request: pytest.FixtureRequest, folder: Path, prefix: tuple[str, ...], uid: int) -> dict[str, str]:
    del folder, uid
    skip_if_denied("/dev/fuse", prefix)
    program = os.environ.get("SYGALDRY_TEST_APPTAINER", "") or shutil.which("apptainer") or ""
    if not program:
        pytest.skip("untested here: no apptainer; .ci/apptainer FOLDER installs one, SYGALDRY_TEST_APPTAINER names it")
    path = f"{Path(program).parent}:{os.environ['PATH']}"
    return {"PATH": path, "SYGALDRY_ROOTFS": request.getfixturevalue("sif"), "SYGALDRY_IMAGE": IMAGE}


def _sandbox(request: pytest.FixtureRequest, folder: Path, prefix: tuple[str, ...], uid: int) -> dict[str, str]:
    del request, folder, uid
    skip_if_denied("/dev/net/tun", prefix)
    return {}


@pytest.fixture(scope="session")
def sif(base_image: str) -> Iterator[str]:
    """Convert the image once, by the verb that users have."""
    del base_image
    program = Path(os.environ.get("SYGALDRY_TEST_APPTAINER", "") or shutil.which("apptainer") or "")
    folder = Path(mkdtemp(prefix="contract-sif-"))
    folder.chmod(0o755)
    path = f"{program.parent}:{os.environ['PATH']}"
    world = World(folder / "storage", {"SYGALDRY_IMAGE": IMAGE, "PATH": path})
    done = world.sygaldry("image", "export", "--sif", str(folder / "contract.sif"))
    assert done.returncode == 0, done.stderr
    yield str(folder / "contract.sif")
    shutil.rmtree(folder, ignore_errors=True)


_VARIABLES = {"docker": _docker, "podman": _podman, "apptainer": _apptainer, "sandbox": _sandbox}


def _docker_group() -> int:
    return Path("/var/run/docker.sock").stat().st_gid


def _run(*words: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    if not shutil.which(words[0]):
        return subprocess.CompletedProcess(words, 127, "", "")
    environment = {**os.environ, **variables}
    return subprocess.run(words, capture_output=True, text=True, env=environment, timeout=300, check=False)
