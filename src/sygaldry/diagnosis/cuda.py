"""CUDA at run time: driver, kernels, memory, NCCL, cuDNN."""

from typing import Final

from sygaldry.diagnosis import Family, Kind, Rule

_LESS: Final = "smaller batches, another GPU, or see who else uses it (nvidia-smi)"

FAMILY: Final = Family(
    "CUDA",
    (
        Rule("no kernel image is available", r"(?P<what>.{0,200}no kernel image is available.{0,100})", 92, "the program has no code for this GPU's architecture", "build for its compute capability, or take a build that has it"),
        Rule("cuda_error_no_binary_for_gpu", r"CUDA_ERROR_NO_BINARY_FOR_GPU.{0,100}", 92, "the program has no code for this GPU's architecture"),
        Rule("cuda out of memory", r"(?P<what>.{0,80}CUDA out of memory\. .{0,300})", 93, "the GPU's memory is used up", _LESS, Kind.RESOURCES),
        Rule("cuda_error_out_of_memory", r"(?P<what>.{0,200}CUDA_ERROR_OUT_OF_MEMORY.{0,100})", 91, "the GPU's memory is used up", _LESS, Kind.RESOURCES),
        Rule("out of memory", r"(?P<what>.{0,160}(?:CUDA|cuda|cublas|GPU|device).{0,60}out of memory.{0,160})", 91, "the GPU's memory is used up", _LESS, Kind.RESOURCES),
        Rule("driver version is insufficient", r"(?P<what>.{0,200}driver version is insufficient for CUDA runtime version.{0,60})", 92, "the NVIDIA driver is too old for this CUDA", "a newer driver, or an older CUDA"),
        Rule("driver on your system is too old", r"(?P<what>.{0,100}NVIDIA driver on your system is too old.{0,100})", 92, "the NVIDIA driver is too old for this CUDA", "a newer driver, or an older CUDA"),
        Rule("no cuda-capable device", r"(?P<what>.{0,160}no CUDA-capable device is detected.{0,60})", 91, "no GPU is visible here", "was the container given one? nvidia-smi"),
        Rule("no nvidia driver", r"(?P<what>.{0,160}Found no NVIDIA driver on your system.{0,100})", 91, "no NVIDIA driver is here"),
        Rule("couldn't communicate with the nvidia driver", r"couldn't communicate with the NVIDIA driver", 91, "the NVIDIA driver does not answer", "is its module loaded? modprobe nvidia"),
        Rule("could not select device driver", r"(?P<what>could not select device driver .{1,120})", 91, "the engine knows no GPU", "install the NVIDIA container toolkit"),
        Rule("illegal memory access", r"(?P<what>.{0,160}an illegal memory access was encountered.{0,60})", 88, "a kernel read or wrote where it may not", "CUDA_LAUNCH_BLOCKING=1, compute-sanitizer"),
        Rule("device-side assert", r"(?P<what>.{0,160}device-side assert triggered.{0,60})", 82, "an assertion in a kernel fails: often an index out of range", "CUDA_LAUNCH_BLOCKING=1, or run it on the CPU"),
        Rule("assertion `", r"(?P<where>\S{1,200}:\d+): .{0,100}: block: \[\d+.{0,80}Assertion `(?P<what>.{1,160})` failed", 90, "an assertion in a kernel fails: {what}", "an index is out of range: run it on the CPU"),
        Rule("nccl", r"(?P<what>.{0,160}(?:ncclUnhandledCudaError|ncclSystemError|ncclInternalError|ncclInvalidUsage|ncclRemoteError|NCCL error).{0,200})", 84, "NCCL fails", "NCCL_DEBUG=INFO; /dev/shm size; interfaces", Kind.UNKNOWN),
        Rule("watchdog caught collective operation timeout", r"(?P<what>.{0,160}Watchdog caught collective operation timeout.{0,200})", 85, "a rank did not come to a collective: it died or went another way", "look for the first rank's own error", Kind.UNKNOWN),
        Rule("cudnn", r"(?P<what>.{0,160}(?:CUDNN_STATUS_(?!SUCCESS)\w+|cuDNN error).{0,160})", 86, "cuDNN fails", "versions of cuDNN and CUDA; memory"),
        Rule("cublas_status", r"(?P<what>.{0,160}CUBLAS_STATUS_(?!SUCCESS)\w+.{0,160})", 86, "cuBLAS fails", "memory? an index out of range?"),
        Rule("xid", r"NVRM: Xid .{1,160}", 86, "the driver reports a GPU fault (Xid)", "nvidia-smi -q; the hardware may be failing", Kind.RESOURCES),
        Rule("uncorrectable ecc", r"(?P<what>.{0,160}uncorrectable ECC error.{0,60})", 90, "the GPU's memory has an error", "another GPU", Kind.RESOURCES),
        Rule("cuda error", r"(?P<what>.{0,80}CUDA (?:runtime |driver )?[Ee]rror: .{1,200})", 86, "CUDA fails"),
        Rule("cudaerror", r"(?P<what>.{0,100}cudaError\w+.{0,160})", 80, "CUDA fails"),
    ),
)
