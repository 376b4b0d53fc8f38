"""Prove the version of what a lock takes from the machine: by the thing itself, never by its prefix.

Pure tables and judgements: which files, programs and package names of this machine carry the version of an external,
how it is read from them, and what it means when they disagree with the lock or carry nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sygaldry.model.finding import Finding, Verdict
from sygaldry.model.json_text import parse_json
from sygaldry.spack.lock import Node

LIBRARY_FOLDERS: Final = ("lib", "lib64", "lib/x86_64-linux-gnu", "lib/aarch64-linux-gnu", "targets/x86_64-linux/lib")
HEADER_FOLDERS: Final = ("include", "include/x86_64-linux-gnu", "include/aarch64-linux-gnu")

# Programs whose name is not the package's, and options other than --version.
_PROGRAMS: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = {
    "coreutils": (("ls", "--version"),),
    "cuda": (("nvcc", "--version"),),
    "diffutils": (("diff", "--version"),),
    "findutils": (("find", "--version"),),
    "gcc": (("gcc", "-dumpfullversion"),),
    "gettext": (("gettext", "--version"),),
    "gmake": (("gmake", "--version"), ("make", "--version")),
    "go": (("go", "version"),),
    "go-bootstrap": (("go", "version"),),
    "libfuse": (("fusermount3", "--version"), ("fusermount", "--version")),
    "libtool": (("libtoolize", "--version"),),
    "llvm": (("clang", "--version"),),
    "mpich": (("mpichversion",),),
    "node-js": (("node", "--version"),),
    "openjdk": (("java", "-version"),),
    "openmpi": (("ompi_info", "--version"), ("mpirun", "--version")),
    "openssh": (("ssh", "-V"),),
    "openssl": (("openssl", "version"),),
    "pkgconf": (("pkgconf", "--version"), ("pkg-config", "--version")),
    "python": (("python3", "--version"),),
    "rust": (("rustc", "--version"),),
    "slurm": (("srun", "--version"),),
    "sqlite": (("sqlite3", "--version"),),
    "texinfo": (("makeinfo", "--version"),),
}
_PKG_CONFIG: Final[Mapping[str, tuple[str, ...]]] = {
    "curl": ("libcurl",),
    "eigen": ("eigen3",),
    "fftw": ("fftw3",),
    "libjpeg-turbo": ("libturbojpeg", "libjpeg"),
    "libxml2": ("libxml-2.0",),
    "numactl": ("numa",),
    "openmpi": ("ompi",),
    "pcre2": ("libpcre2-8",),
    "rdma-core": ("libibverbs",),
    "sqlite": ("sqlite3",),
    "xz": ("liblzma",),
}
_PACKAGES: Final[Mapping[str, tuple[str, ...]]] = {
    "cudnn": ("libcudnn9-cuda-12", "libcudnn9-cuda-13", "libcudnn9-dev-cuda-12", "libcudnn8"),
    "gmake": ("make",),
    "nccl": ("libnccl2", "libnccl-dev"),
    "ninja": ("ninja-build",),
    "openblas": ("libopenblas-dev", "libopenblas0"),
    "pkgconf": ("pkgconf", "pkgconf-bin"),
    "zlib": ("zlib1g-dev",),
}
_LIBRARIES: Final[Mapping[str, str]] = {"bzip2": "bz2", "cuda": "cudart", "xz": "lzma", "zlib": "z", "openssl": "ssl"}
# Numbers in headers, most significant first: NVIDIA's and MPI's libraries have neither program nor pkg-config.
_HEADERS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "cudnn": ("cudnn_version*.h", ("CUDNN_MAJOR", "CUDNN_MINOR", "CUDNN_PATCHLEVEL")),
    "nccl": ("nccl.h", ("NCCL_MAJOR", "NCCL_MINOR", "NCCL_PATCH")),
    "openmpi": ("mpi.h", ("OMPI_MAJOR_VERSION", "OMPI_MINOR_VERSION", "OMPI_RELEASE_VERSION")),
    "cusparselt": ("cusparseLt.h", ("CUSPARSELT_VER_MAJOR", "CUSPARSELT_VER_MINOR", "CUSPARSELT_VER_PATCH")),
}
# OpenSSL 1.1.1w and OpenSSH 9.2p1 carry letters: versions that differ by them alone are different versions.
_NUMBER = re.compile(r"\d+(?:\.\d+)+(?:[a-z]\d*(?![\w]))?")
_EDGE_OF_DEBIAN = re.compile(r"^(?:\d+:)?(.+?)(?:[+~](?:dfsg|ds|really|git|cuda)[^-]*)?(?:-[^-]*)?$")
_FEWEST_PARTS = 2


@dataclass(frozen=True)
class Evidence:
    """A version and where it was read. A library's file name may prove a version, but cannot contradict one."""

    version: str
    source: str
    is_weak: bool = False


def programs(node: Node) -> tuple[tuple[str, ...], ...]:
    """List the commands that print its version, relative to its `bin`."""
    return _PROGRAMS.get(node.name, ((node.name, "--version"),))


def header_patterns(node: Node) -> tuple[str, ...]:
    """List the headers that hold its version, relative to its prefix."""
    names = {"cuda": "cuda.h"} | {name: pattern for name, (pattern, _) in _HEADERS.items()}
    return tuple(f"{folder}/{names[node.name]}" for folder in HEADER_FOLDERS) if node.name in names else ()


def pkg_config_names(node: Node) -> tuple[str, ...]:
    """List the names that its pkg-config file may have."""
    plain = node.name.removeprefix("lib")
    return (*_PKG_CONFIG.get(node.name, ()), node.name, f"lib{plain}", plain)


def package_names(node: Node) -> tuple[str, ...]:
    """List the names that it may have in the machine's package database."""
    plain = node.name.removeprefix("lib")
    return tuple(dict.fromkeys((*_PACKAGES.get(node.name, ()), node.name, f"lib{plain}-dev", f"{node.name}-devel")))


def library_pattern(node: Node) -> str:
    """Name the library whose file name ends in its version."""
    return f"lib{_LIBRARIES.get(node.name, node.name.removeprefix('lib'))}.so.*"


def version_printed(text: str) -> str:
    """Read a version from what a program printed; empty if there is none."""
    found = _NUMBER.search(text)
    return found[0] if found else ""


def compiler_version(node: Node, text: str) -> str:
    """Read a compiler's own version: AMD's also prints that of the clang within, most write `version`, some nothing."""
    patterns = [r"AOCC[_ ](\d+(?:\.\d+)+)"] if node.name == "aocc" else []
    for pattern in (*patterns, r"version (\d+(?:\.\d+)+)"):
        if found := re.search(pattern, text):
            return found[1]
    return version_printed(text)


def version_in_header(node: Node, text: str) -> str:
    """Read a version from a header; empty if it is another's or is incomplete."""
    if node.name == "cuda":
        found = re.search(r"#define\s+CUDA_VERSION\s+(\d+)", text)
        return f"{int(found[1]) // 1000}.{int(found[1]) % 1000 // 10}" if found else ""
    _, names = _HEADERS.get(node.name, ("", ()))
    numbers = [re.search(rf"#\s*define\s+{name}\s+(\d+)", text) for name in names]
    return ".".join(each[1] for each in numbers if each) if numbers and all(numbers) else ""


def version_in_json(text: str) -> str:
    """Read CUDA's own version.json."""
    try:
        return str(parse_json(text)["cuda"]["version"])
    except (ValueError, KeyError, TypeError):
        return ""


def version_in_pkg_config(text: str) -> str:
    """Read the version of a .pc file, which may be a variable of the same file."""
    variables = dict(re.findall(r"^([\w.]+)\s*=\s*(.*?)\s*$", text, re.MULTILINE))
    found = re.search(r"^Version:\s*(\S+)", text, re.MULTILINE)
    value = re.sub(r"\$\{([\w.]+)\}", lambda each: variables.get(each[1], ""), found[1]) if found else ""
    return version_printed(value)


def version_of_package(text: str) -> str:
    """Cut the upstream version out of one of Debian's or an RPM's: no epoch, no revision."""
    found = _EDGE_OF_DEBIAN.match(text.strip())
    return found[1] if found else ""


def version_of_library(name: str) -> str:
    """Read the version at the end of a library's file name; a bare major number proves nothing."""
    version = name.partition(".so.")[2]
    return version if version.count(".") >= _FEWEST_PARTS - 1 and _NUMBER.fullmatch(version) else ""


def judge_external(node: Node, evidence: Sequence[Evidence], *, is_there: bool) -> Finding:
    """Compare what was found with the lock: proved, another version, absent, or unknown."""
    wanted = node.version.partition("-")[0]
    for each in evidence:
        if agrees(wanted, each.version):
            return Finding(Verdict.OK, f"{node.label} is proved by {each.source}", "", each.version)
        if not each.is_weak:
            return Finding(
                Verdict.PROBLEM,
                f"{node.name} is {each.version} ({each.source}), and the lock wants {node.version}",
                IMAGE_HINT,
                each.version,
            )
    if not is_there:
        return Finding(Verdict.PROBLEM, f"{node.prefix} is not there; the lock takes {node.label} from it", IMAGE_HINT)
    return Finding(
        Verdict.UNKNOWN,
        f"no version of {node.name} was found under {node.prefix}; the lock takes {node.label} from it",
        f"install {node.label}, or accept it unproved: --accept-unknown {node.name}",
    )


IMAGE_HINT: Final = "use the image that the lock was made for: sygaldry image status"


def agrees(wanted: str, found: str) -> bool:
    """Compare the parts that both have: cuda.h has two of CUDA's three; one part alone proves nothing.

    Recipes write Java's 17.0.15+6 as 17.0.15_6, and programs print no more than 17.0.15.
    """
    ours, theirs = _parts(wanted), _parts(found.partition("-")[0])
    common = min(len(ours), len(theirs))
    return ours[:common] == theirs[:common] and common >= min(_FEWEST_PARTS, len(ours))


def _parts(version: str) -> list[str]:
    return re.findall(r"\d+|[a-z]+", version.lower())
