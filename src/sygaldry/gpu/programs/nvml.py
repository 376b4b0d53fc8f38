"""Ask NVML for everything the rules need and print it as one line of JSON.

Exits with 3 if nvidia-ml-py is not installed, with 5 if an old package of the same module name is. A GPU that fails
keeps its NVML code; the others are still asked.
"""

import json
import os
import sys
from collections.abc import Callable
from typing import Any

RECOVERY_ACTION = 230  # NVML_FI_DEV_GET_GPU_RECOVERY_ACTION


def main() -> int:
    """Answer, or say with an exit code why not."""
    try:
        import pynvml
    except ImportError:
        return 3
    if not hasattr(pynvml, "nvmlSystemGetCudaDriverVersion_v2"):
        return 5  # the package named pynvml is another, older one
    try:
        pynvml.nvmlInit()
    except Exception as error:  # noqa: BLE001 - NVMLLibraryMismatchError is no NVMLError
        answer(code=code_of(error))
        return 0
    cuda, cuda_code = tried(pynvml.nvmlSystemGetCudaDriverVersion_v2)
    count, count_code = tried(pynvml.nvmlDeviceGetCount)
    answer(
        code=count_code,
        driver=text(tried(pynvml.nvmlSystemGetDriverVersion)[0]),
        cuda=cuda,
        cuda_code=cuda_code,
        gpus=[gpu(pynvml, index) for index in range(count or 0)],
    )
    return 0


def gpu(nvml: Any, index: int) -> dict[str, Any]:  # noqa: ANN401 - a module without types
    """Ask one GPU."""
    try:
        handle = nvml.nvmlDeviceGetHandleByIndex(index)
    except Exception as error:  # noqa: BLE001 - one lost GPU must not hide the others
        return {"error": code_of(error)}

    def ask(name: str, *arguments: object) -> Any:  # noqa: ANN401 - whatever the function returns
        function = getattr(nvml, name, None)
        return tried(function, handle, *arguments)[0] if function else None

    memory = ask("nvmlDeviceGetMemoryInfo")
    pci = ask("nvmlDeviceGetPciInfo")
    fabric = ask("nvmlDeviceGetGpuFabricInfo")
    mig = ask("nvmlDeviceGetMigMode")
    return {
        "name": text(ask("nvmlDeviceGetName")),
        "uuid": text(ask("nvmlDeviceGetUUID")),
        "address": text(pci.busId) if pci is not None else "",
        "brand": ask("nvmlDeviceGetBrand"),
        "capability": ask("nvmlDeviceGetCudaComputeCapability"),
        "mig": mig,
        "mig_devices": mig_devices(nvml, handle) if mig and mig[0] else None,
        "ecc": ask("nvmlDeviceGetEccMode"),
        "remapped": ask("nvmlDeviceGetRemappedRows"),
        "persistence": ask("nvmlDeviceGetPersistenceMode"),
        "compute_mode": ask("nvmlDeviceGetComputeMode"),
        "recovery": recovery(nvml, handle),
        "fabric": fabric.state if fabric is not None else None,
        "memory": memory.total if memory is not None else None,
        "free": memory.free if memory is not None else None,
        "processes": [(p.pid, p.usedGpuMemory or 0) for p in ask("nvmlDeviceGetComputeRunningProcesses") or ()],
    }


def mig_devices(nvml: Any, handle: object) -> int:  # noqa: ANN401 - a module without types
    """Count the MIG instances that exist, not those that could."""
    possible = tried(nvml.nvmlDeviceGetMaxMigDeviceCount, handle)[0] or 0
    return sum(tried(nvml.nvmlDeviceGetMigDeviceHandleByIndex, handle, each)[1] == 0 for each in range(possible))


def recovery(nvml: Any, handle: object) -> int | None:  # noqa: ANN401 - a module without types
    """Read the recovery action that NVIDIA advises, from drivers that report it (570 and later)."""
    values, _ = tried(nvml.nvmlDeviceGetFieldValues, handle, [RECOVERY_ACTION])
    if not values or values[0].nvmlReturn != 0:
        return None
    return int(values[0].value.uiVal)


def tried(function: Callable[..., Any], *arguments: object) -> tuple[Any, int]:
    """Return a value and 0, or None and NVML's code."""
    try:
        return function(*arguments), 0
    except Exception as error:  # noqa: BLE001 - NVMLLibraryMismatchError is no NVMLError
        return None, code_of(error)


def code_of(error: Exception) -> int:
    """Return NVML's code; a function missing in an old library counts as not found."""
    return int(getattr(error, "value", 13) or 13)


def text(value: object) -> str:
    """Decode what older releases of nvidia-ml-py return as bytes."""
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value or "")


def answer(**table: object) -> None:
    """Print the answer."""
    sys.stdout.write(json.dumps(table) + "\n")


def restart_with_clean_path() -> None:
    """Start again without compat and stub folders in the loader path: NVML would report their libcuda's version."""
    parts = os.environ.get("LD_LIBRARY_PATH", "").split(":")
    kept = [part for part in parts if part and not part.rstrip("/").endswith(("/compat", "/stubs"))]
    if len(kept) != len([part for part in parts if part]):
        os.environ["LD_LIBRARY_PATH"] = ":".join(kept)
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 - the same program again


if __name__ == "__main__":
    restart_with_clean_path()
    sys.exit(main())
