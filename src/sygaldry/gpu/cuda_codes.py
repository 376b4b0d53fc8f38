"""The codes that cuInit can answer. cuda.h CUresult, CUDA 13.0."""

from typing import Final

CODES: Final = {
    0: "success", 1: "invalid value", 2: "out of memory", 3: "not initialised", 4: "deinitialised",
    5: "the profiler is off", 6: "the profiler is not initialised", 7: "the profiler runs already",
    8: "the profiler is stopped already", 34: "the library is a stub", 36: "a call needs a newer driver",
    46: "the device is busy or unavailable", 100: "no device", 101: "no such device",
    102: "the device has no licence", 200: "invalid image", 201: "invalid context", 202: "the context is current",
    205: "mapping failed", 206: "unmapping failed", 207: "the array is mapped", 208: "already mapped",
    209: "no kernel image for this GPU", 210: "already acquired", 211: "not mapped", 212: "not mapped as an array",
    213: "not mapped as a pointer", 214: "uncorrectable ECC error", 215: "unsupported limit",
    216: "the context is in use", 217: "the GPUs cannot reach each other", 218: "invalid PTX",
    219: "invalid graphics context", 220: "uncorrectable NVLink error", 221: "the PTX compiler is not found",
    222: "PTX of an unsupported toolchain", 223: "compiling PTX is switched off", 224: "unsupported execution affinity",
    225: "unsupported synchronisation on the device", 226: "a contained exception", 300: "invalid source",
    301: "file not found", 302: "a shared object misses a symbol", 303: "a shared object cannot be loaded",
    304: "an operating system call failed", 400: "invalid handle", 401: "illegal state", 402: "a lossy query",
    500: "named symbol not found", 600: "not ready", 700: "illegal address", 701: "too many resources for the launch",
    702: "the launch timed out", 703: "incompatible texturing", 704: "peer access is on already",
    705: "peer access is not on", 708: "the primary context is active", 709: "the context is destroyed",
    710: "an assertion failed", 711: "too many peers", 712: "host memory is registered already",
    713: "host memory is not registered", 714: "a hardware stack error", 715: "an illegal instruction",
    716: "a misaligned address", 717: "an invalid address space", 718: "an invalid program counter",
    719: "a kernel failed", 720: "a cooperative launch is too large", 721: "a leak of tensor memory",
    800: "not permitted", 801: "not supported", 802: "the system is not initialised yet",
    803: "driver and CUDA library do not go together", 804: "forward compatibility is not for this GPU",
    805: "the MPS control daemon cannot be reached", 806: "the MPS server failed", 807: "the MPS server is not ready",
    808: "MPS has its maximum of clients", 809: "MPS has its maximum of connections", 810: "MPS ended the client",
    811: "dynamic parallelism is not supported", 812: "dynamic parallelism of another version",
    900: "unsupported during a capture",
    901: "the capture is invalid", 902: "the captures cannot merge", 903: "the capture does not match",
    904: "the capture is not joined", 905: "the capture is isolated no more", 906: "an implicit dependency",
    907: "the event was captured", 908: "the wrong thread for the capture", 909: "a time-out",
    910: "the graph cannot be updated", 911: "an external device failed", 912: "the cluster size is invalid",
    913: "the function is not loaded", 914: "an invalid resource type", 915: "an invalid resource configuration",
    916: "the keys are being rotated",
    999: "unknown error",
}  # fmt: skip


def code_name(code: int) -> str:
    """Return the meaning of a code, empty for one that cuda.h does not list."""
    return CODES.get(code, "")
