"""Error codes of CUDA in the words of the driver, of cudart, of Torch, JAX and others. cuda.h CUresult."""

from typing import Final

from sygaldry.signatures import Signature


def _code(number: int, *words: str) -> str:
    """Write the pattern of one code: each library words it in its own way."""
    spelled = (
        rf"\bError {number}: ",
        rf"CUDA (?:driver |runtime )?error:? '?{number}\b",
        rf"cuInit[^\n]{{0,60}}?(?:error|code|returned|answers|status|failed)[^\n\d]{{0,20}}\b{number}\b",
        rf"library init failure:? {number}\b",
        rf"\bCUresult[^\n\d]{{0,20}}{number}\b",
    )
    return "|".join((*spelled, *words))


SIGNATURES: Final = (
    Signature(
        "",
        _code(3, r"\bCUDA_ERROR_NOT_INITIALIZED\b", r"CUDA error: initialization error"),
        "CUDA does not start: initialization error",
        ("cuda.hmm", "drv.uvm-missing", "cuda.init"),
        "the flavour of the kernel module, nvidia_uvm and its option uvm_disable_hmm",
    ),
    Signature(
        "",
        _code(34, r"CUDA driver is a stub library", r"CUDA_ERROR_STUB_LIBRARY"),
        "the CUDA library is a stub for linking",
        ("cuda.stub",),
    ),
    Signature(
        "stub library", r"CUDA driver is a stub library", "the CUDA library is a stub for linking", ("cuda.stub",)
    ),
    Signature(
        "driver",
        r"NVIDIA driver on your system is too old|CUDA driver version is insufficient for CUDA runtime version"
        r"|cudaErrorInsufficientDriver|cudaErrorCallRequiresNewerDriver",
        "the driver is too old for this CUDA",
        ("cuda.old", "drv.libcuda-missing"),
        "the driver's version",
    ),
    Signature(
        "busy or unavailable",
        r"busy or unavailable",
        "CUDA may not use the GPU",
        ("gpu.compute-mode", "vgpu.licence", "mig.empty", "gpu.busy"),
        "compute mode, licence of a virtual GPU, processes",
    ),
    Signature(
        "",
        _code(46, r"CUDA_ERROR_DEVICE_UNAVAILABLE"),
        "CUDA may not use the GPU",
        ("gpu.compute-mode", "vgpu.licence", "gpu.busy"),
        "compute mode, licence of a virtual GPU, processes",
    ),
    Signature(
        "no cuda",
        r"No CUDA GPUs are available|no CUDA-capable device is detected",
        "CUDA sees no GPU",
        ("cuda.visible", "drv.node-mode", "ctr.node-missing", "mig.empty"),
        "CUDA_VISIBLE_DEVICES, the device nodes",
    ),
    Signature(
        "",
        _code(100, r"CUDA_ERROR_NO_DEVICE"),
        "CUDA sees no GPU",
        ("cuda.visible", "drv.node-mode", "ctr.node-missing"),
        "CUDA_VISIBLE_DEVICES, the device nodes",
    ),
    Signature(
        "invalid device ordinal",
        r"invalid device ordinal",
        "a program asks for a GPU that it does not see",
        ("cuda.visible", "mig.single"),
        "CUDA_VISIBLE_DEVICES, MIG",
    ),
    Signature(
        "no kernel image",
        r"no kernel image is available",
        "the program has no machine code for this GPU",
        ("cuda.nokernel",),
    ),
    Signature(
        "is not compatible with the current pytorch",
        r"is not compatible with the current PyTorch installation",
        "Torch has no machine code for this GPU",
        ("cuda.nokernel",),
    ),
    Signature(
        "value 'sm_",
        r"Value 'sm_\w+' is not defined for option 'gpu-name'|ptxas fatal[^\n]{0,80}sm_\d+",
        "the compiler does not know this GPU",
        ("cuda.nokernel",),
    ),
    Signature(
        "unsupported toolchain",
        r"PTX was compiled with an unsupported toolchain",
        "the driver cannot compile this PTX",
        ("cuda.ptx",),
    ),
    Signature(
        "unsupported_ptx", r"CUDA_ERROR_UNSUPPORTED_PTX_VERSION", "the driver cannot compile this PTX", ("cuda.ptx",)
    ),
    Signature(
        "ecc error",
        r"uncorrectable ECC error encountered",
        "the GPU's memory has an uncorrectable error",
        ("cuda.ecc", "gpu.xid48"),
    ),
    Signature(
        "",
        _code(214, r"CUDA_ERROR_ECC_UNCORRECTABLE"),
        "the GPU's memory has an uncorrectable error",
        ("cuda.ecc", "gpu.xid48"),
    ),
    Signature(
        "nvlink error",
        r"uncorrectable NVLink error|CUDA_ERROR_NVLINK_UNCORRECTABLE",
        "NVLink has an uncorrectable error",
        ("gpu.xid74",),
    ),
    Signature(
        "",
        _code(304, r"OS call failed", r"CUDA_ERROR_OPERATING_SYSTEM"),
        "an operating system call of CUDA failed",
        ("ctr.bwrap-sys", "drv.node-mode"),
        "/sys in the sandbox",
    ),
    Signature(
        "",
        _code(303),
        "CUDA's driver library cannot be loaded",
        ("drv.libcuda-missing", "ctr.driver-folder", "ctr.caps"),
        "the loader's cache, the driver's folder",
    ),
    Signature(
        "libcuda.so",
        r"libcuda\.so(?:\.1)?: cannot open shared object file",
        "CUDA's driver library cannot be loaded",
        ("drv.libcuda-missing", "ctr.driver-folder", "ctr.caps", "ctr.node-missing"),
        "the loader's cache, the driver's folder, how the container was started",
    ),
    Signature(
        "failed to infer device type",
        r"RuntimeError: Failed to infer device type",
        "vLLM finds no GPU",
        ("torch.cpu-build", "ctr.node-missing", "drv.libcuda-missing", "cuda.visible"),
        "torch.version.cuda, the device nodes and libcuda.so.1 where the program runs",
    ),
    Signature(
        "found no nvidia driver",
        r"Found no NVIDIA driver on your system",
        "Torch cannot load CUDA's driver library",
        ("drv.libcuda-missing", "ctr.driver-folder", "ctr.caps", "ctr.node-missing", "drv.absent"),
        "the device nodes and libcuda.so.1 where the program runs",
    ),
    Signature(
        "symbol",
        _code(500, r"CUDA_ERROR_NOT_FOUND: named symbol"),
        "a library of the driver misses a symbol",
        ("wsl.toolkit-old", "cuda.init"),
        "WSL or Linux; the version of the container toolkit",
    ),
    Signature(
        "not supported",
        r"CUDA_ERROR_NOT_SUPPORTED",
        "CUDA does not support this platform",
        ("tegra.unsupported", "cuda.init"),
    ),
    Signature("", _code(801), "CUDA does not support this platform", ("tegra.unsupported", "cuda.init")),
    Signature(
        "not permitted",
        r"CUDA_ERROR_NOT_PERMITTED|cuMem\w+[^\n]{0,80}operation not permitted",
        "a fabric handle needs an IMEX channel",
        ("imex.channels",),
    ),
    Signature(
        "system not yet initialized",
        r"system not yet initialized",
        "CUDA waits for the fabric or for confidential computing",
        ("fm.down", "cc.not-ready", "fm.state"),
        "NVSwitches on the bus, the fabric manager, the confidential computing state",
    ),
    Signature(
        "",
        _code(802),
        "CUDA waits for the fabric or for confidential computing",
        ("fm.down", "cc.not-ready", "fm.state"),
        "NVSwitches on the bus, the fabric manager, the confidential computing state",
    ),
    Signature(
        "system_not_ready",
        r"CUDA_ERROR_SYSTEM_NOT_READY|cudaErrorSystemNotReady",
        "CUDA waits for the fabric or for confidential computing",
        ("fm.down", "cc.not-ready", "fm.state"),
        "NVSwitches on the bus, the fabric manager, the confidential computing state",
    ),
    Signature(
        "",
        _code(803),
        "the CUDA library does not go with the driver",
        ("cuda.803", "drv.mismatch"),
        "the loader's path, the driver's versions",
    ),
    Signature(
        "unsupported display driver",
        r"unsupported display driver / cuda driver combination|CUDA_ERROR_SYSTEM_DRIVER_MISMATCH",
        "the CUDA library does not go with the driver",
        ("cuda.803", "drv.mismatch"),
        "the loader's path, the driver's versions",
    ),
    Signature(
        "system_driver_mismatch",
        r"CUDA_ERROR_SYSTEM_DRIVER_MISMATCH",
        "the CUDA library does not go with the driver",
        ("cuda.803", "drv.mismatch"),
    ),
    Signature("", _code(804), "forward compatibility is not for this GPU", ("cuda.804",)),
    Signature(
        "forward compatibility was attempted",
        r"forward compatibility was attempted on non supported HW",
        "forward compatibility is not for this GPU",
        ("cuda.804",),
    ),
    Signature(
        "compat_not_supported",
        r"CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE",
        "forward compatibility is not for this GPU",
        ("cuda.804",),
    ),
    Signature(
        "mps",
        r"MPS client failed to connect|MPS (?:server|client)[^\n]{0,80}(?:not ready|limit|terminated|rejected|failed)"
        r"|CUDA_ERROR_MPS_\w+|cudaErrorMps\w+",
        "a program cannot reach MPS",
        ("cuda.mps",),
    ),
    Signature("", r"\bError 80[5-9]: |CUDA error:? '?80[5-9]\b", "a program cannot reach MPS", ("cuda.mps",)),
    Signature(
        "cuda unknown error",
        r"CUDA unknown error - this may be due to an incorrectly set up environment",
        "CUDA does not start: unknown error",
        ("drv.uvm-missing", "drv.uvm-suspend", "cuda.init"),
        "/dev/nvidia-uvm, a suspend in the kernel log",
    ),
    Signature(
        "",
        _code(999, r"CUDA_ERROR_UNKNOWN"),
        "CUDA does not start: unknown error",
        ("drv.uvm-missing", "drv.uvm-suspend", "cuda.init"),
        "/dev/nvidia-uvm, a suspend in the kernel log",
    ),
    Signature(
        "illegal memory access",
        r"an illegal memory access was encountered|unspecified launch failure"
        r"|CUDA_ERROR_(?:ILLEGAL_ADDRESS|LAUNCH_FAILED)",
        "a kernel of the program failed",
        ("gpu.xid-application",),
    ),
    Signature(
        "out of memory",
        r"RESOURCE_EXHAUSTED: Out of memory|CUDA out of memory|CUDA_ERROR_OUT_OF_MEMORY|CUBLAS_STATUS_ALLOC_FAILED",
        "the GPU's memory is used up",
        ("mem.prealloc", "gpu.busy"),
        "the processes on the GPU",
    ),
)
