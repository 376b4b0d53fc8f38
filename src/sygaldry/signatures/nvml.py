"""Messages of NVML and of nvidia-smi; the texts are those of nvmlErrorString."""

from typing import Final

from sygaldry.signatures import Signature

SIGNATURES: Final = (
    Signature(
        "driver/library version mismatch",
        r"Driver/library version mismatch",
        "the driver's libraries and the loaded module are of two versions",
        ("drv.mismatch", "ctr.nvml-mismatch"),
    ),
    Signature(
        "nvml/rm version mismatch",
        r"RM has detected an NVML/RM version mismatch",
        "the driver's libraries and the loaded module are of two versions",
        ("drv.mismatch",),
    ),
    Signature(
        "unknown error",
        r"Failed to initialize NVML: Unknown Error",
        "NVML cannot open the driver",
        ("ctr.cgroup-lost", "ctr.no-cgroups", "ctr.node-missing", "drv.uvm-missing"),
        "no-cgroups in the toolkit's configuration, the nodes in the container, whether it worked before",
    ),
    Signature(
        "insufficient permissions",
        r"Failed to initialize NVML: Insufficient Permissions|nvml error: insufficient permissions",
        "the device nodes cannot be opened",
        ("drv.node-mode", "ctr.device-rules", "ctr.selinux", "ctr.bwrap-dev"),
        "mode and group of the nodes, EACCES or EPERM when they are opened, SELinux, the sandbox's --dev-bind",
    ),
    Signature(
        "insufficient permissions",
        r"(?:memory info|MemoryInfo|MIG|visiting device|\[)[^\n]{0,120}Insufficient Permissions"
        r"|NVMLError_NoPermission",
        "a container may not open the capability nodes of MIG",
        ("mig.caps", "drv.node-mode", "ctr.selinux"),
        "MIG mode and access to /dev/nvidia-caps",
    ),
    Signature(
        "blocked by the operating system",
        r"GPU access blocked by the operating system",
        "the operating system keeps NVML from the GPU",
        ("wsl.tcc", "wsl.driver-inside", "ctr.cgroup-lost"),
        "WSL or Linux; the driver model of Windows",
    ),
    Signature(
        "communicate with the nvidia driver",
        r"couldn't communicate with the NVIDIA driver",
        "the kernel module does not answer",
        ("drv.notloaded", "drv.dkms", "drv.absent", "drv.secureboot", "drv.nouveau", "drv.unsupported-gpu"),
        "the loaded modules, the modules on disk, the kernel log",
    ),
    Signature(
        "driver not loaded",
        r"(?:NVML|nvml)[^\n]{0,40}driver not loaded",
        "the module is not loaded",
        ("drv.notloaded",),
    ),
    Signature(
        "no devices were found",
        r"No devices were found",
        "the driver started no GPU",
        ("gpu.xid79", "drv.rminit", "drv.flavour-open-needed", "drv.unsupported-gpu", "drv.gsp-fw"),
        "the kernel log",
    ),
    Signature(
        "unable to determine the device handle",
        r"Unable to determine the device handle for GPU",
        "a GPU does not answer",
        ("gpu.xid79", "drv.rminit", "gpu.xid"),
        "the kernel log",
    ),
    Signature("gpu is lost", r"\bGPU is lost\b", "a GPU no longer answers", ("gpu.xid79",)),
    Signature("gpu requires reset", r"\bGPU requires reset\b", "the GPU must be reset", ("gpu.recovery",)),
    Signature(
        "libnvidia-ml.so library in your system",
        r"couldn't find libnvidia-ml\.so library in your system",
        "the driver's libraries are not where the loader looks",
        ("ctr.driver-folder", "ctr.caps", "drv.absent", "ctr.nolib"),
        "container or host; the driver's folder",
    ),
    Signature(
        "unlicensed",
        r"License Status\s*:\s*Unlicensed|nvidia-gridd[^\n]{0,80}(?:unlicensed|failed to acquire)",
        "the virtual GPU has no licence",
        ("vgpu.licence",),
    ),
    Signature("no mig devices found", r"No MIG devices found", "MIG mode without an instance", ("mig.empty",)),
    Signature(
        "remapped rows",
        r"Remapped Rows Pending\s*:\s*Yes",
        "a row of GPU memory waits to be remapped",
        ("gpu.remap-pending",),
        explained=False,
    ),
    Signature(
        "nvmllibrarymismatcherror",
        r"NVMLLibraryMismatchError",
        "an old Python binding of NVML is installed",
        ("tool.pynvml", "drv.mismatch"),
    ),
    Signature(
        "module 'pynvml' has no attribute",
        r"module 'pynvml' has no attribute",
        "an old Python binding of NVML is installed",
        ("tool.pynvml",),
    ),
)
