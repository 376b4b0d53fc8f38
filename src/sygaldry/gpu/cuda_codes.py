"""The codes that cuInit can answer. cuda.h CUresult, CUDA 13.0."""

from typing import Final

CODES: Final = {
    0: "success", 1: "invalid value", 2: "out of memory", 3: "not initialised", 4: "deinitialised",
    34: "the library is a stub", 36: "a call needs a newer driver", 46: "the device is busy or unavailable",
    100: "no device", 101: "no such device", 102: "the device has no licence", 201: "invalid context",
    209: "no kernel image for this GPU", 214: "uncorrectable ECC error", 218: "invalid PTX",
    220: "uncorrectable NVLink error", 222: "PTX of an unsupported toolchain", 302: "a shared object misses a symbol",
    303: "a shared object cannot be loaded", 304: "an operating system call failed", 700: "illegal address",
    719: "a kernel failed", 800: "not permitted", 801: "not supported", 802: "the system is not initialised yet",
    803: "driver and CUDA library do not go together", 804: "forward compatibility is not for this GPU",
    805: "the MPS control daemon cannot be reached", 806: "the MPS server failed", 807: "the MPS server is not ready",
    808: "MPS has its maximum of clients", 809: "MPS has its maximum of connections", 810: "MPS ended the client",
    999: "unknown error",
}  # fmt: skip


def code_name(code: int) -> str:
    """Return the meaning of a code, empty for one that cuda.h does not list."""
    return CODES.get(code, "")
