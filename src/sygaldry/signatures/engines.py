"""Messages of Docker, Podman, containerd, CRI-O, Apptainer and of NVIDIA's container toolkit."""

from typing import Final

from sygaldry.signatures import Signature

SIGNATURES: Final = (
    Signature(
        "could not select device driver",
        r'could not select device driver ".*" with capabilities: \[.*\]',
        "the engine knows no GPUs",
        ("ctr.no-toolkit", "ctr.snap", "ctr.desktop"),
        "which engine answers: docker context show, docker info",
    ),
    Signature(
        "runtime",
        r"unknown or invalid runtime name:? \"?nvidia|Unknown runtime specified nvidia",
        "the engine does not know the nvidia runtime",
        ("ctr.no-runtime", "ctr.snap", "ctr.desktop"),
        "which engine answers: docker context show, docker info",
    ),
    Signature(
        "nvidia",
        r'no runtime for "nvidia" is configured|RuntimeHandler "nvidia" not supported',
        "containerd or CRI-O does not know the nvidia runtime",
        ("ctr.cri",),
    ),
    Signature(
        "insufficient nvidia.com/gpu", r"Insufficient nvidia\.com/gpu", "Kubernetes has no free GPU", ("ctr.cri",)
    ),
    Signature(
        "nvidia-container-runtime",
        r"(?:exec|stat|fork/exec)[^\n]{0,60}nvidia-container-(?:runtime|cli|toolkit)[^\n]{0,40}"
        r"(?:no such file|not found)",
        "the container toolkit is not installed where the engine looks",
        ("ctr.no-toolkit",),
    ),
    Signature(
        "ldcache error",
        r"ldcache error: (?:process \S*ldconfig\S* (?:terminated with signal|failed with error code)"
        r"|open failed: \S*ldconfig)",
        "the toolkit's ldconfig fails in the container",
        ("ctr.ldconfig",),
    ),
    Signature(
        "ldconfig",
        r"update-ldcache[^\n]{0,120}(?:fail|error)|error running ldconfig|ldconfig[^\n]{0,60}(?:killed|signal)",
        "the toolkit's ldconfig fails in the container",
        ("ctr.ldconfig",),
    ),
    Signature(
        "device",
        r"failed to add device rules|cgroup subsystem devices not found|bpf_prog_query\(BPF_CGROUP_DEVICE\) failed"
        r"|unable to generate new device filter program",
        "the toolkit may not set the container's device rules",
        ("ctr.rootless", "ctr.device-rules"),
        "a rootless engine, the toolkit's version",
    ),
    Signature(
        "rpc error",
        r"initialization error: (?:driver|nvcgo) (?:rpc )?error: (?:timed out|failed to process request)",
        "the toolkit's hook could not ask the driver",
        ("ctr.hook", "drv.hang"),
        "the kernel log (nvc:[driver]), how long nvidia-smi takes, the memory limits of the engine",
    ),
    Signature(
        "unresolvable cdi devices",
        r"unresolvable CDI devices? [\w.]*nvidia\.com/",
        "the engine finds no CDI specification for the GPUs",
        ("ctr.cdi-unresolved", "mig.cdi-stale", "ctr.cdi-stale"),
        "the engine's CDI folders and their files",
    ),
    Signature(
        "so.",
        r"(?:cannot stat|failed to (?:fulfil mount request|stat)|error mounting|no such file or directory)[^\n]{0,60}"
        r"/lib(?:nvidia|cuda|EGL_nvidia|GLX_nvidia|GLESv\d_nvidia|nvcuvid|nvoptix|vdpau_nvidia)[\w.-]*\.so\.\d{3}[\d.]+",
        "a file of another driver version is expected",
        ("ctr.cdi-stale", "drv.mismatch"),
        "the CDI specification's paths and the loaded driver",
    ),
    Signature(
        "failed to stat cdi host device",
        r"failed to stat CDI host device",
        "the CDI specification names a device that does not exist",
        ("ctr.cdi-stale", "mig.cdi-stale"),
    ),
    Signature(
        "cdi",
        r"(?:CDI registry|CDI spec\w*|failed to inject CDI)[^\n]{0,80}(?:error|invalid|conflict|permission denied)",
        "the CDI specification cannot be used",
        ("ctr.cdi-stale", "ctr.cdi-unresolved"),
        "the engine's CDI folders and their files",
    ),
    Signature(
        "/dev/char",
        r"/dev/char/\d+:\d+[^\n]{0,60}(?:no such file|not found|fail)|(?:fail|unable)[^\n]{0,60}/dev/char",
        "the links of /dev/char are missing",
        ("ctr.dev-char",),
    ),
    Signature(
        "container runtime hook directly",
        r"invoking the NVIDIA Container Runtime Hook directly",
        "the toolkit is in a mode without --gpus",
        ("ctr.mode-cdi",),
    ),
    Signature(
        "unsatisfied condition",
        r"requirement error: unsatisfied condition: (cuda|driver|brand|arch)",
        "the engine refuses the image for the driver's age",
        ("ctr.require", "cuda.old"),
    ),
    Signature(
        "load library failed",
        r"load library failed: lib(?:nvidia-ml|cuda)\.so\.1",
        "the engine finds no driver library",
        ("ctr.nolib", "ctr.snap", "ctr.desktop", "drv.absent"),
        "snap or Docker Desktop; the loader's cache",
    ),
    Signature(
        "libnvidia-ml.so.1",
        r"libnvidia-ml\.so\.1: cannot open shared object file",
        "the driver's library is not where the loader looks",
        ("ctr.nolib", "ctr.driver-folder", "drv.absent"),
        "the loader's cache, the driver's folder",
    ),
    Signature(
        "no adapters were found",
        r"WSL environment detected but no adapters were found",
        "WSL shows no GPU",
        ("wsl.nodxg", "wsl.tcc"),
        "/dev/dxg; the Windows driver",
    ),
    Signature(
        "avc:",
        r"avc:\s+denied[^\n]{0,200}nvidia|xserver_misc_device_t",
        "SELinux keeps the container from the device",
        ("ctr.selinux",),
    ),
    Signature(
        "glibc_",
        r"version `GLIBC_[\d.]+' not found \(required by "
        r"(?:/\.singularity\.d/libs|/usr/lib\S*nvidia|/opt/nvidia|\S*lib(?:cuda|nvidia|GL)\S*)",
        "the host's driver libraries need a newer glibc than the image has",
        ("ctr.host-libs",),
    ),
    Signature(
        "could not find any nv",
        r"[Cc]ould not find any nv (?:files|libraries)",
        "Apptainer finds no driver on the host",
        ("drv.absent", "ctr.nolib"),
    ),
    Signature(
        "signed-by",
        r"Conflicting values set for option Signed-By .*libnvidia-container",
        "the toolkit's repository is listed twice",
        ("ctr.apt-signedby",),
    ),
    Signature(
        "cannot find name for group",
        r"groups: cannot find name for group ID \d+",
        "a group has no name in the container",
        ("ctr.gid",),
        explained=False,
    ),
    Signature(
        "trying to overwrite",
        r"trying to overwrite '/usr/share/nvidia/",
        "driver packages of two repositories collide",
        ("drv.apt-broken",),
    ),
)
