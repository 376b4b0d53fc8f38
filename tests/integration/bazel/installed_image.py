"""An image made of Debian packages that this machine has installed: the sandbox's Bazel in Docker, in some seconds.

Nothing is downloaded and no package is configured: `docker import` reads the files of the packages and of what they
depend on.
"""

import fcntl
import os
import shutil
import subprocess
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from tempfile import gettempdir

import pytest
from tests.integration.docker.conftest import docker

_PACKAGES = ("bazel-bootstrap", "base-files", "bash", "coreutils", "dash", "findutils", "grep", "python3", "sed")
# What Bazel's package depends on and a genrule does not need.
_LEFT_OUT = ("binutils", "build-essential", "cpp", "dpkg-dev", "g++", "gcc-1", "libperl", "make", "perl")
_IN_EVERY_IMAGE = ("bin", "sbin", "lib", "lib64", "tmp", "etc/passwd", "etc/group")  # what no package brings
_NOT_NEEDED = ("/usr/share/doc/", "/usr/share/man/", "/usr/share/locale/")


def installed_image() -> str:
    """Return the name of the image, made unless an earlier session has; skips where it cannot be made."""
    if not shutil.which("dpkg-query") or not Path("/bin").is_symlink():
        pytest.skip("no Debian with a merged /usr here; SYGALDRY_TEST_BAZEL_IMAGE names an image with Bazel")
    packages = _closure()
    if "bazel-bootstrap" not in packages:
        pytest.skip("no Bazel here: apt-get install bazel-bootstrap, or set SYGALDRY_TEST_BAZEL_IMAGE")
    contents = repr((_IN_EVERY_IMAGE, sorted(packages.items())))
    name = f"sygaldry/test-bazel:{sha256(contents.encode()).hexdigest()[:16]}"
    with Path(gettempdir(), "sygaldry-test-bazel-image.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if docker("image", "inspect", name).returncode != 0:
            _import(name, packages)
    return name


def _import(name: str, packages: dict[str, str]) -> None:
    each_once = dict.fromkeys((*_IN_EVERY_IMAGE, *_files(tuple(packages))))
    paths = "\0".join(each_once)
    words = ["tar", "--directory=/", "--create", "--no-recursion", "--null", "--files-from=-", "--file=-"]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as archive:
        assert archive.stdin is not None
        # Its link /usr/bin/java is made when the package is configured.
        java = Path("/usr/bin/java").resolve().parents[1]
        command = ["docker", "import", "--change", f"ENV JAVA_HOME={java}", "-", name]
        imported = subprocess.Popen(command, stdin=archive.stdout, stdout=subprocess.DEVNULL)
        archive.stdin.write(paths.encode())
        archive.stdin.close()
        assert imported.wait(timeout=300) == 0
    assert archive.returncode == 0


def _closure() -> dict[str, str]:
    """Return the packages and what they depend on, each with its version."""
    fields = "${Package}\t${Version}\t${Provides}\t${Pre-Depends}, ${Depends}\n"
    rows = [line.split("\t") for line in _dpkg_query("--show", f"--showformat={fields}")]
    providers = {provided: package for package, _, provides, _ in rows for provided in _names(provides)}
    versions = {package: version for package, version, _, _ in rows}
    needs = {package: tuple(_names(depends)) for package, _, _, depends in rows}
    found: dict[str, str] = {}
    waiting = list(_PACKAGES)
    while waiting:
        package = waiting.pop()
        package = package if package in versions else providers.get(package, "")
        if package and package not in found and not package.startswith(_LEFT_OUT):
            found[package] = versions[package]
            waiting.extend(needs[package])
    return found


def _names(relations: str) -> Iterator[str]:
    for each in relations.replace("|", ",").split(","):
        yield from each.split()[:1] and [each.split()[0].partition(":")[0]]


def _files(packages: tuple[str, ...]) -> Iterator[str]:
    # dpkg lists /bin/sh and /lib64/..., which are behind links.
    real = {path.parent.resolve() / path.name for path in map(Path, _dpkg_query("--listfiles", *packages))}
    for path in sorted(map(str, real)):
        if path.startswith(("/usr/", "/etc/", "/var/")) and not path.startswith(_NOT_NEEDED) and os.path.lexists(path):
            yield path[1:]


def _dpkg_query(*words: str) -> list[str]:
    return subprocess.run(["dpkg-query", *words], capture_output=True, text=True, check=True).stdout.splitlines()
