"""Ask NVML for everything the rules need and print it as one line of JSON.

Exits with 3 if nvidia-ml-py is not installed, with 5 if an old package of the same module name is. A GPU that fails
keeps its NVML code; the others are still asked.
"""

import json
import os
import sys
from collections.abc import Callable
from typing import Any

NOT_SUPPORTED = 3
MOST_NVLINKS = 18
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
        confidential=confidential(pynvml),
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

    memory, memory_error = tried(nvml.nvmlDeviceGetMemoryInfo, handle)
    name = text(ask("nvmlDeviceGetName"))
    pci = ask("nvmlDeviceGetPciInfo")
    fabric = ask("nvmlDeviceGetGpuFabricInfo")
    mig = ask("nvmlDeviceGetMigMode")
    return {
        "name": name,
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
        "licence": licence(ask("nvmlDeviceGetGridLicensableFeatures")),
        "nvlinks": nvlinks(nvml, handle),
        "throttle": ask("nvmlDeviceGetCurrentClocksEventReasons"),
        "pcie_width": pair(ask("nvmlDeviceGetCurrPcieLinkWidth"), ask("nvmlDeviceGetMaxPcieLinkWidth")),
        "memory_error": memory_error if memory_error not in (0, NOT_SUPPORTED) else None,
    }


def licence(features: Any) -> str | None:  # noqa: ANN401 - a structure of NVML
    """Say whether a virtual GPU has its licence; None where NVML knows of none."""
    if features is None or not getattr(features, "isGridLicenseSupported", 0):
        return None
    count = int(getattr(features, "licensableFeaturesCount", 0))
    states = [bool(features.gridLicensableFeatures[each].featureState) for each in range(count)]
    return "licensed" if any(states) else "unlicensed"


def nvlinks(nvml: Any, handle: object) -> tuple[int, int] | None:  # noqa: ANN401 - a module without types
    """Count the active NVLink connections and all that the GPU has."""
    function = getattr(nvml, "nvmlDeviceGetNvLinkState", None)
    if function is None:
        return None
    states = [tried(function, handle, link) for link in range(MOST_NVLINKS)]
    known = [state for state, code in states if code == 0]
    return (sum(state == 1 for state in known), len(known)) if known else None


def pair(now: int | None, most: int | None) -> tuple[int, int] | None:
    """Join two values that belong together."""
    return None if now is None or most is None else (now, most)


def confidential(nvml: Any) -> tuple[int, int] | None:  # noqa: ANN401 - a module without types
    """Say whether confidential computing is on and the GPUs are ready for work."""
    state, _ = tried(getattr(nvml, "nvmlSystemGetConfComputeState", missing))
    if state is None:
        return None
    ready, code = tried(getattr(nvml, "nvmlSystemGetConfComputeGpusReadyState", missing))
    value = getattr(ready, "value", ready)
    return int(state.ccFeature), int(value) if code == 0 and value is not None else 1


def missing() -> None:
    """Stand for a function that this nvidia-ml-py does not have."""
    raise RuntimeError


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
