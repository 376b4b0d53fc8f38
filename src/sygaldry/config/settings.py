"""Every setting of Sygaldry, declared once."""

from __future__ import annotations

from sygaldry.config.declare import Declaration, declarations, setting
from sygaldry.discovery import file_names
from sygaldry.model.value import dataclass

DEFAULT_ROOT = "/mnt/data_infra/zephyr_container_infra"
DEFAULT_IMAGE = "sygaldry/zephyr:base"
DEFAULT_BASE = "nvidia/cuda:12.9.1-cudnn-devel-ubuntu24.04"


@dataclass(frozen=True)
class Settings:
    """All settings with their values."""

    project_id: str = setting(
        "",
        "Name of this project's storage; defaults to the name of the workspace folder",
        section="Project",
        kind="project",
    )
    workspace: str = setting(
        "",
        "Folder that appears as /workspace",
        section="Project",
        kind="path",
        reach="caller",
    )
    storage_root: str = setting(
        "",
        f"Folder that holds the storage of all projects; defaults to {DEFAULT_ROOT}, or $XDG_DATA_HOME/sygaldry "
        "if that folder cannot be created",
        section="Project",
        kind="path",
        reach="outside",
    )
    trust_workspace: bool = setting(
        False,
        "Accept everything that the workspace asks for, without `sygaldry trust`; for CI",
        section="Project",
        variable="SYGALDRY_TRUST",
        reach="caller",
    )
    entrypoint: str = setting(
        "default",
        "Script that starts in the environment; `sygaldry entrypoints` lists them",
        section="Project",
        kind="name",
    )
    devcontainer: str = setting(
        "read",
        "Use of the workspace's devcontainer.json; no-commands reads it and leaves its commands out",
        section="Project",
        choices=("read", "no-commands", "ignore"),
    )
    devcontainer_file: str = setting(
        "",
        "The devcontainer.json to read; needed where a workspace has several: .devcontainer/NAME/devcontainer.json",
        section="Project",
        kind="path",
        reach="path",
    )
    runtime: str = setting(
        "auto",
        "Container runtime; auto takes the first that works",
        section="Runtime",
        choices=("auto", *file_names("runtimes")),
    )
    gpu: str = setting(
        "auto",
        "GPU access: auto (if the GPUs work), true, false, require (fail without), or a list of GPUs: 0,1, GPU-UUID "
        "or MIG-UUID",
        section="Runtime",
        choices=("auto", "true", "false", "require"),
        kind="gpu",
    )
    network: str = setting(
        "bridge",
        "Network of the container: bridge (its own), host, or none",
        section="Runtime",
        choices=("bridge", "host", "none"),
        reach="network",
    )
    shm_size: str = setting(
        "8g",
        "Size limit of /dev/shm; NCCL and data loaders need more than docker's 64m",
        section="Runtime",
        kind="size",
    )
    memory: str = setting(
        "",
        "Memory limit; a container that exceeds it is killed (OOM)",
        section="Runtime",
        kind="size",
    )
    pids_limit: str = setting(
        "",
        "Limit of processes and threads of the container",
        section="Runtime",
        kind="count",
    )
    cpus: str = setting(
        "",
        "CPU limit, such as 4 or 1.5",
        section="Runtime",
        kind="cpus",
    )
    publish: tuple[str, ...] = setting(
        (),
        "Ports to publish, as [ADDRESS:]HOST_PORT:PORT; the address is 127.0.0.1 unless one is given",
        section="Runtime",
        kind="publish",
        reach="outside",
        aliases=("-p",),
    )
    container_name: str = setting(
        "",
        "Name of the container; a random one by default",
        section="Runtime",
        kind="name",
        aliases=("--name",),
    )
    workdir: str = setting(
        "",
        "Folder inside in which the command starts; defaults to the current folder if it is in the workspace",
        section="Runtime",
        kind="path",
        aliases=("-w",),
    )
    mounts: tuple[str, ...] = setting(
        (),
        "Additional folders to mount, as SOURCE:TARGET or SOURCE:TARGET:ro",
        section="Runtime",
        kind="mount",
        reach="outside",
        aliases=("--mount", "--volume", "-v"),
    )
    env: tuple[str, ...] = setting(
        (),
        "Environment variables, as NAME=VALUE, or NAME for the caller's value; one per line in the variable",
        section="Runtime",
        kind="assignment",
        reach="names",
        aliases=("-e",),
        separator="\n",
    )
    env_file: tuple[str, ...] = setting(
        (),
        "Files of NAME=VALUE lines, as for `docker run --env-file`",
        section="Runtime",
        kind="path",
        reach="outside",
    )
    log_driver: str = setting(
        "none",
        "Log driver of the container engine for the output of a launch; json-file makes `docker logs` show it",
        section="Runtime",
        kind="name",
        reach="outside",
    )
    engine_option: tuple[str, ...] = setting(
        (),
        "Options passed unchanged to the runtime's own command, such as --ulimit=nofile=4096; one per line in the "
        "variable",
        section="Runtime",
        kind="option",
        separator="\n",
        reach="outside",
    )
    host_folders: tuple[str, ...] = setting(
        (),
        "Folders of the host that the sandbox shows read-only besides the system's, such as /sw, /cvmfs or /nix",
        section="Runtime",
        kind="folder",
        reach="outside",
    )
    pass_environment: tuple[str, ...] = setting(
        (),
        "Additional environment variables of the caller to pass to the command",
        section="Runtime",
        kind="variable",
        reach="outside",
    )
    rootfs: str = setting(
        "",
        "Unpacked image root that the sandbox shows instead of the host's own",
        section="Runtime",
        kind="path",
        reach="outside",
    )
    image: str = setting(
        DEFAULT_IMAGE,
        "Image to run",
        section="Image",
        kind="image",
        reach="outside",
    )
    base_image: str = setting(
        DEFAULT_BASE,
        "Base image to build on: any Debian or Ubuntu image",
        section="Image",
        kind="image",
        reach="outside",
    )
    toolchains: tuple[str, ...] = setting(
        ("bazel", "go", "rust", "llvm", "python", "uv", "spack", "compilers", "tools"),
        "Toolchains to put into the image",
        section="Image",
        choices=("bazel", "go", "rust", "llvm", "python", "uv", "spack", "compilers", "tools", "none"),
    )
    packages: tuple[str, ...] = setting(
        (),
        "Debian packages to put into the image in addition to the toolchains",
        section="Image",
        kind="package",
    )
    base_mirror: str = setting(
        "",
        "Mirror of Debian or Ubuntu from which `image base` makes a base; {snapshot} in it is the time of --snapshot",
        section="Image",
        kind="address",
        reach="outside",
    )
    accept_nvidia_license: bool = setting(
        False,
        "Accept NVIDIA's licence for the wheels that `image base --cuda` downloads: https://docs.nvidia.com/cuda/eula/",
        section="Image",
        reach="caller",
    )
    artifact_mirror: str = setting(
        "",
        "Base address of a mirror that serves the pinned downloads by file name, for sites without internet access",
        section="Image",
        kind="address",
        reach="outside",
    )
    bazel_version: str = setting(
        "6.4.0",
        "Version of Bazel in the image",
        section="Image",
        variable="BAZEL_VERSION",
        kind="version",
    )
    python_version: str = setting(
        "3.13",
        "Version of Python in the image",
        section="Image",
        variable="PYTHON_VERSION",
        kind="version",
    )
    rust_version: str = setting(
        "1.79.0",
        "Version of Rust in the image",
        section="Image",
        variable="RUST_VERSION",
        kind="version",
    )
    spack_environment: str = setting(
        "pkg/zephyr",
        "Folder of the default Spack environment",
        section="Spack",
        kind="path",
        reach="path",
    )
    spack_root: str = setting(
        "/opt/spack_src",
        "Folder of the pinned Spack",
        section="Spack",
        kind="path",
        reach="outside",
    )
    spack_recipes: str = setting(
        "/opt/spack_packages",
        "Folder of the pinned Spack recipes",
        section="Spack",
        kind="path",
        reach="outside",
    )
    spack_store: str = setting(
        "",
        "Folder of the Spack store; defaults to /opt/spack_store inside and to the project's spack_store on the host",
        section="Spack",
        kind="path",
        reach="outside",
    )
    build_jobs: str = setting(
        "",
        "Parallel compile processes per package when -j is not given; a retry after running out of memory halves it",
        section="Spack",
        kind="count",
    )
    notify: tuple[str, ...] = setting(
        (),
        "Notify when a job ends or stalls; channels are command:COMMAND, webhook:URL, desktop or mail:ADDRESS",
        section="Jobs",
        kind="channel",
        separator="\n",
        reach="outside",
    )
    executor: str = setting(
        "local",
        "What runs jobs: this machine (local), a scheduler, or auto (Slurm where its sbatch answers)",
        section="Scheduler",
        choices=("local", "auto", *file_names("schedulers")),
        reach="outside",
    )
    partition: str = setting("", "Partition of scheduled jobs", section="Scheduler", kind="name")
    account: str = setting("", "Account that scheduled jobs are charged to", section="Scheduler", kind="name")
    qos: str = setting("", "Quality of service of scheduled jobs", section="Scheduler", kind="name")
    reservation: str = setting("", "Reservation that scheduled jobs use", section="Scheduler", kind="name")
    constraint: str = setting("", "Node features that scheduled jobs need", section="Scheduler", kind="word")
    gres: str = setting("", "Generic resources of scheduled jobs, such as gpu:2", section="Scheduler", kind="word")
    slurm_option: tuple[str, ...] = setting(
        (),
        "Further sbatch options, such as --wckey=project; they override Sygaldry's own",
        section="Scheduler",
        kind="option",
        separator="\n",
        reach="outside",
    )
    shared_delay: str = setting(
        "60",
        "Seconds after which a file written on another machine is visible here (attribute cache of NFS)",
        section="Scheduler",
        kind="count",
    )
    locked: bool = setting(
        False,
        "Refuse to start or build unless sygaldry.lock describes the project, and the image is the locked one",
        section="Lock",
    )
    frozen: bool = setting(
        False,
        "As --locked, without comparing the lock with the project's files",
        section="Lock",
    )
    offline: bool = setting(
        False,
        "Use only what is already here: nothing is pulled, built or downloaded",
        section="Lock",
    )
    quiet: bool = setting(False, "Print only errors and the requested output", section="Output")
    color: str = setting("auto", "Colour the output", section="Output", choices=("auto", "always", "never"))


_ALL = declarations(Settings)


def all_settings() -> tuple[Declaration, ...]:
    """List every setting in the order of the reference page."""
    return _ALL
