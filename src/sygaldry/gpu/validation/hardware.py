"""Torch on what only hardware has: memory, links and heat. Each figure is held against the device's own limits."""

import os
import time
from pathlib import Path
from typing import Any, Final

from sygaldry.gpu.validation.suite import FailedError, SkippedError

# https://pcisig.com : GB/s of one lane after its encoding
_LANE_GB_S: Final = {"2.5": 0.25, "5.0": 0.5, "8.0": 0.985, "16.0": 1.969, "32.0": 3.938, "64.0": 7.563}
_STRESS_S: Final = 20.0
_HARDWARE_BITS: Final = 0x08 | 0x40 | 0x80  # nvml.h: slowdown, thermal, power brake
_SHARE_OF_LINK: Final = 0.5
_SHARE_OF_MEMORY: Final = 0.4


def bandwidth(torch: Any) -> None:  # noqa: ANN401 - a module
    """Copy within the GPU, best of five, against 40 % of what its memory could do."""
    properties = torch.cuda.get_device_properties(0)
    clock, width = getattr(properties, "memory_clock_rate", 0), getattr(properties, "memory_bus_width", 0)
    if not clock or not width:
        raise SkippedError("this torch does not report the memory's clock")
    size = min(2**30, properties.total_memory // 8)
    source = torch.empty(size, dtype=torch.uint8, device="cuda")
    target, best = torch.empty_like(source), float("inf")
    for _ in range(5):
        start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        start.record()
        target.copy_(source)
        end.record()
        end.synchronize()
        best = min(best, start.elapsed_time(end) / 1000)
    reached, possible = 2 * size / best, 2 * clock * 1000 * width / 8
    if reached < _SHARE_OF_MEMORY * possible:
        raise FailedError(f"{reached / 1e9:.0f} GB/s of {possible / 1e9:.0f} GB/s")


def memory(torch: Any) -> float:  # noqa: ANN401 - a module
    """Write patterns into most of the free memory and read them back; returns the count of wrong words."""
    free, _ = torch.cuda.mem_get_info()
    words = int(free * 0.8) // 4 // 2**20 * 2**20
    wrong = 0
    block = torch.empty(words, dtype=torch.int32, device="cuda")
    for pattern in (0x55555555, -0x55555556, 0, -1):
        block.fill_(pattern)
        wrong += int((block != pattern).sum())
    # Addresses as data find lines that are stuck together, which constant patterns cannot.
    step = 2**24
    for start in range(0, words, step):
        part = block[start : start + step]
        part.copy_(torch.arange(start, start + part.numel(), dtype=torch.int32, device="cuda"))
    for start in range(0, words, step):
        part = block[start : start + step]
        wrong += int((part != torch.arange(start, start + part.numel(), dtype=torch.int32, device="cuda")).sum())
    return float(wrong)


def stress(torch: Any) -> float:  # noqa: ANN401 - a module
    """Keep the GPU busy for a while with one product; returns how many results differ from the first."""
    left, right = (torch.randn(4096, 4096, device="cuda", dtype=torch.float16) for _ in range(2))
    first, different = left @ right, 0
    result = first
    ends = time.monotonic() + _STRESS_S
    while time.monotonic() < ends:
        for _ in range(20):
            result = left @ right
        different += int(not torch.equal(result, first))
        slowed = _slowed()
        if slowed:
            raise FailedError(f"the hardware slows the GPU down under load (NVML reasons {slowed:#x})")
    return float(different)


def _slowed() -> int:
    """Return NVML's bits for what the hardware forces; 0 too where this Python has no nvidia-ml-py."""
    try:
        import pynvml

        pynvml.nvmlInit()
        uuid = os.environ.get("CUDA_VISIBLE_DEVICES", "")
        by_uuid = uuid.startswith("GPU-")
        handle = pynvml.nvmlDeviceGetHandleByUUID(uuid) if by_uuid else pynvml.nvmlDeviceGetHandleByIndex(0)
        return int(pynvml.nvmlDeviceGetCurrentClocksEventReasons(handle)) & _HARDWARE_BITS
    except Exception:  # noqa: BLE001 - no binding, or an old one: the parent compares before and after
        return 0


def pcie_bandwidth(torch: Any) -> None:  # noqa: ANN401 - a module
    """Copy pinned memory to the GPU and back, against what the link can do as it is now."""
    possible = _link_gb_s(torch)
    size = 2**28
    pinned = torch.empty(size, dtype=torch.uint8).pin_memory()
    there = torch.empty(size, dtype=torch.uint8, device="cuda")
    for name, target, source in (("to the GPU", there, pinned), ("from the GPU", pinned, there)):
        reached = _best_gb_s(torch, target, source, size)
        if reached < _SHARE_OF_LINK * possible:
            raise FailedError(f"{reached:.1f} GB/s {name}, the link can do {possible:.1f}")


def peer_bandwidth(torch: Any) -> None:  # noqa: ANN401 - a module
    """Copy between each pair of GPUs that reach each other; the slowest must not fall far behind the fastest."""
    count, size = torch.cuda.device_count(), 2**28
    pairs = [(one, two) for one in range(count) for two in range(count) if one != two]
    peers = [pair for pair in pairs if torch.cuda.can_device_access_peer(*pair)]
    if not peers:
        raise SkippedError("no two GPUs that reach each other's memory")
    reached = {}
    for one, two in peers:
        source = torch.empty(size, dtype=torch.uint8, device=f"cuda:{one}")
        reached[one, two] = _best_gb_s(torch, torch.empty_like(source, device=f"cuda:{two}"), source, size)
    slowest = min(reached, key=lambda pair: reached[pair])
    best = max(reached.values())
    if reached[slowest] < _SHARE_OF_LINK * best:
        one, two = slowest
        raise FailedError(f"{reached[slowest]:.1f} GB/s from GPU {one} to GPU {two}, others reach {best:.1f}")


def all_reduce(torch: Any) -> None:  # noqa: ANN401 - a module
    """Add up over all GPUs with NCCL."""
    count = torch.cuda.device_count()
    if count < 2:
        raise SkippedError("one GPU only")
    parts = [torch.full((1024,), float(rank + 1), device=f"cuda:{rank}") for rank in range(count)]
    torch.cuda.nccl.all_reduce(parts)
    wanted = count * (count + 1) / 2
    wrong = [rank for rank, part in enumerate(parts) if not bool((part == wanted).all())]
    if wrong:
        raise FailedError(f"all_reduce is wrong on GPU {wrong}")


def _best_gb_s(torch: Any, target: Any, source: Any, size: int) -> float:  # noqa: ANN401 - framework types
    best = float("inf")
    for _ in range(5):
        torch.cuda.synchronize()
        began = time.perf_counter()
        target.copy_(source, non_blocking=True)
        torch.cuda.synchronize()
        best = min(best, time.perf_counter() - began)
    return size / best / 1e9


def _link_gb_s(torch: Any) -> float:  # noqa: ANN401 - a module
    """Read the link's speed and width while it is busy: an idle link runs slower."""
    properties = torch.cuda.get_device_properties(0)
    bus = getattr(properties, "pci_bus_id", None)
    if bus is None:
        raise SkippedError("this torch does not report the PCI address")
    domain, device = getattr(properties, "pci_domain_id", 0), getattr(properties, "pci_device_id", 0)
    folder = Path(f"/sys/bus/pci/devices/{domain:04x}:{bus:02x}:{device:02x}.0")
    busy = torch.empty(2**26, dtype=torch.uint8).pin_memory()
    for _ in range(20):
        busy.to("cuda", non_blocking=True)
    try:
        speed = (folder / "current_link_speed").read_text("utf-8").split()[0]
        width = int((folder / "current_link_width").read_text("utf-8"))
    except (OSError, ValueError, IndexError) as error:
        raise SkippedError("the kernel does not report the PCI Express link") from error
    torch.cuda.synchronize()
    lane = _LANE_GB_S.get(speed)
    if lane is None or not 0 < width <= 32:
        raise SkippedError(f"a link of unknown speed: {speed} GT/s, {width} lanes")
    return lane * width
