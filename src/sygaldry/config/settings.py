"""Every setting of Sygaldry, declared once."""

from dataclasses import dataclass
from functools import cache
from typing import Final

from sygaldry.config.declare import Declaration, declarations, setting

DEFAULT_ROOT: Final = "/mnt/data_infra/zephyr_container_infra"
DEFAULT_IMAGE: Final = "sygaldry/zephyr:base"
DEFAULT_BASE: Final = "nvidia/cuda:12.9.1-cudnn-devel-ubuntu24.04"

_VERSION = r"[0-9]+(\.[0-9]+){0,3}"
_SIZE = r"[1-9][0-9]*[kmgKMG]?"
_IMAGE = r"[A-Za-z0-9][A-Za-z0-9_.:/@-]{0,254}"
_NAME = r"(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9._-]{0,63}"
_ANY_LINE = r"[^\n\r\0]*"
_A_VERSION = "a version such as 1.2.3"


@dataclass(frozen=True)
class Settings:
    """All settings with their values."""

    project_id: str = setting(
        "",
        "Namespace of this project's storage; by default the name of the workspace's folder",
        section="Project",
        pattern=rf"({_NAME})?",
        expected="1 to 64 letters, digits, single dots, dashes or underscores, beginning with a letter or digit",
    )
    workspace: str = setting(
        "", "Folder that appears as /workspace", section="Project", pattern=_ANY_LINE, expected="a path"
    )
    storage_root: str = setting(
        "",
        f"Folder that holds every project's storage; by default {DEFAULT_ROOT}, or $XDG_DATA_HOME/sygaldry "
        "where that cannot be made",
        section="Project",
        pattern=_ANY_LINE,
        expected="a path",
    )
    entrypoint: str = setting(
        "default",
        "Script that starts in the environment; `sygaldry entrypoints` lists them",
        section="Project",
        pattern=_NAME,
        expected="the name of an entrypoint",
    )
    runtime: str = setting(
        "auto",
        "What runs the environment; auto takes the first that works",
        section="Runtime",
        choices=("auto", "docker", "podman", "apptainer", "sandbox"),
    )
    gpu: str = setting(
        "auto",
        "Give the GPUs to the environment: auto if they work, true, false, or require (fail without)",
        section="Runtime",
        choices=("auto", "true", "false", "require"),
    )
    network: str = setting(
        "bridge",
        "Network of the container: bridge (its own), host, or none",
        section="Runtime",
        choices=("bridge", "host", "none"),
    )
    shm_size: str = setting(
        "8g",
        "Size limit of /dev/shm; NCCL and data loaders need more than docker's 64m",
        section="Runtime",
        pattern=_SIZE,
        expected="a size such as 512m or 8g",
    )
    mounts: tuple[str, ...] = setting(
        (),
        "Further folders to mount, as SOURCE:TARGET or SOURCE:TARGET:ro",
        section="Runtime",
        pattern=r"/[^:\n\0]*:/[^:\n\0]*(:r[ow])?",
        expected="/SOURCE:/TARGET or /SOURCE:/TARGET:ro, both absolute",
    )
    pass_environment: tuple[str, ...] = setting(
        (),
        "Further variables of the caller that reach the command",
        section="Runtime",
        pattern=r"[A-Za-z_][A-Za-z0-9_]*",
        expected="the name of a variable",
    )
    rootfs: str = setting(
        "",
        "Unpacked image root that the sandbox shows instead of the host's own",
        section="Runtime",
        pattern=_ANY_LINE,
        expected="a path",
    )
    image: str = setting(
        DEFAULT_IMAGE,
        "Image to run",
        section="Image",
        pattern=_IMAGE,
        expected="an image name such as a/b:tag",
    )
    base_image: str = setting(
        DEFAULT_BASE,
        "Image to build upon: any Debian or Ubuntu",
        section="Image",
        pattern=_IMAGE,
        expected="an image name such as ubuntu:24.04",
    )
    toolchains: tuple[str, ...] = setting(
        ("bazel", "go", "rust", "llvm", "python", "uv", "spack", "compilers"),
        "Toolchains to put into the image",
        section="Image",
        choices=("bazel", "go", "rust", "llvm", "python", "uv", "spack", "compilers", "none"),
    )
    artifact_mirror: str = setting(
        "",
        "Address that serves the pinned downloads by their file names, for sites without internet",
        section="Image",
        pattern=r"((https?|file)://[^\s'\"\\]+)?",
        expected="an http, https or file address",
    )
    bazel_version: str = setting(
        "6.4.0",
        "Version of Bazel in the image",
        section="Image",
        variable="BAZEL_VERSION",
        pattern=_VERSION,
        expected=_A_VERSION,
    )
    python_version: str = setting(
        "3.13",
        "Version of Python in the image",
        section="Image",
        variable="PYTHON_VERSION",
        pattern=_VERSION,
        expected=_A_VERSION,
    )
    rust_version: str = setting(
        "1.79.0",
        "Version of Rust in the image",
        section="Image",
        variable="RUST_VERSION",
        pattern=_VERSION,
        expected=_A_VERSION,
    )
    quiet: bool = setting(False, "Say nothing but errors and what was asked for", section="Output")
    color: str = setting("auto", "Colour the output", section="Output", choices=("auto", "always", "never"))


@cache
def all_settings() -> tuple[Declaration, ...]:
    """List every setting in the order of the reference page."""
    return declarations(Settings)
