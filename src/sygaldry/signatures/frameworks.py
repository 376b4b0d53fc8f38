"""Messages of Torch, JAX, cuDNN, NCCL and vLLM that name no CUDA code."""

from typing import Final

from sygaldry.signatures import Signature

SIGNATURES: Final = (
    Signature(
        "torch not compiled with cuda",
        r"Torch not compiled with CUDA enabled",
        "this Torch is a CPU build",
        ("torch.cpu-build",),
    ),
    Signature(
        "false",
        r"\A\s*(?:>>>[^\n]*\n)*(?:[^\n]*is_available\(\)[^\n]{0,20}?)?False\s*\Z",
        "Torch says that CUDA is not available",
        ("drv.uvm-missing", "cuda.visible", "drv.libcuda-missing", "torch.cpu-build", "ctr.node-missing"),
        "cuInit, the device nodes, the build of Torch",
        explained=False,
    ),
    Signature(
        "cudnn version incompatibility",
        r"cuDNN version incompatibility: PyTorch was compiled",
        "Torch loads another cuDNN than it was built with",
        ("torch.cudnn",),
    ),
    Signature(
        "loaded runtime cudnn",
        r"Loaded runtime CuDNN library: .* but source was compiled with",
        "JAX loads another cuDNN than it was built with",
        ("jax.cudnn",),
    ),
    Signature(
        "had an issue",
        r"cuDNN < 9\.10\.0 \(\d+ found\) had an issue",
        "JAX refuses this cuDNN on several GPUs",
        ("jax.cudnn-cublas",),
    ),
    Signature("outdated", r"Outdated \w+ installation found", "JAX finds an older CUDA library", ("jax.outdated",)),
    Signature(
        "no supported devices found",
        r"no supported devices found for platform CUDA",
        "JAX finds no usable device",
        ("jax.nodev", "cuda.visible"),
    ),
    Signature(
        "no visible gpu devices",
        r"FAILED_PRECONDITION: No visible GPU devices",
        "JAX finds no usable device",
        ("jax.nodev", "cuda.visible"),
    ),
    Signature(
        "an nvidia gpu may be present",
        r"An NVIDIA GPU may be present on this machine, but a CUDA-enabled jaxlib is not installed",
        "JAX fell back to the CPU",
        ("jax.fallback",),
    ),
    Signature(
        "unable to load cuda",
        r"RuntimeError: Unable to load CUDA\. Is it installed",
        "JAX has no CUDA",
        ("jax.fallback",),
    ),
    Signature(
        "assertionerror",
        r"jax/_src/xla_bridge\.py[^\n]*\n(?:.*\n){0,3}?^AssertionError\s*$",
        "JAX has no CUDA backend",
        ("jax.assert",),
    ),
    Signature(
        "disabling parallel compilation",
        r"XLA is disabling parallel compilation",
        "XLA compiles one kernel at a time",
        ("jax.ptxslow",),
        explained=False,
    ),
    Signature(
        "mig-",
        r"invalid literal for int\(\) with base 10: 'MIG-",
        "a program does not accept the UUID of a MIG instance",
        ("mig.single",),
    ),
    Signature(
        "device >= 0 && device < num_gpus",
        r"device >= 0 && device < num_gpus",
        "a program asks for a GPU that it does not see",
        ("mig.single", "cuda.visible"),
        "MIG, CUDA_VISIBLE_DEVICES",
    ),
    Signature(
        "nvls",
        r"\bNVLS\b[^\n]{0,120}(?:fail|error|multicast)|Failed to bind NVLink SHARP",
        "NCCL cannot use NVLink multicast",
        ("fm.down", "fm.state", "imex.channels"),
        "the fabric manager and the fabric state of each GPU",
    ),
    Signature(
        "fabric manager",
        r"configuration error in the Fabric Manager|fabric ?manager[^\n]{0,60}(?:not running|failed|inactive)",
        "the NVLink fabric is not set up",
        ("fm.down", "fm.state", "fm.version"),
        "the fabric manager's state and version",
    ),
    Signature(
        "fabric",
        r"CU_MEM_HANDLE_TYPE_FABRIC|nvidia-caps-imex-channels|cuMemImportFromShareableHandle[^\n]{0,80}fail"
        r"|\bIMEX\b[^\n]{0,60}(?:fail|error|not)",
        "a fabric handle needs an IMEX channel",
        ("imex.channels",),
    ),
    Signature(
        "shm",
        r"ncclShmOpen|Error while creating shared memory segment|/dev/shm[^\n]*No space left on device",
        "the shared memory folder is too small for NCCL",
        ("nccl.shm",),
    ),
    Signature(
        "nccl",
        r"ncclUnhandledCudaError|NCCL[^\n]{0,80}unhandled cuda error",
        "NCCL met a CUDA error",
        ("nccl.cuda",),
        explained=False,
    ),
    Signature(
        "nccl",
        r"ncclSystemError|NCCL[^\n]{0,80}unhandled system error",
        "a system call of NCCL failed",
        ("nccl.system", "nccl.shm"),
        "NCCL_DEBUG=INFO",
        explained=False,
    ),
    Signature(
        "net/ib",
        r"NET/IB[^\n]{0,80}Got completion from peer[^\n]{0,120}(?:error|status)(?:=| )(?:4|5|10|11|12)\b",
        "NCCL's transfers over InfiniBand fail",
        ("nccl.ib",),
        "whether it works with NCCL_NET_GDR_LEVEL=0",
    ),
    Signature(
        "nvrmmem",
        r"NvRmMem\w*(?:Init\w*)? ?failed|NvRmMemMgrInit failed|/dev/nvmap",
        "a Jetson board's driver is not in the container",
        ("tegra.unsupported",),
    ),
)
