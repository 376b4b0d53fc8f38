"""Torch and JAX in one process: an array goes over and back without a copy."""

import sys
from typing import Any

from sygaldry.gpu.validation.suite import FailedError, SkippedError, Suite, skew


def main(device: str, level: int) -> None:
    """Run the suite; a framework that is missing is the business of its own suite."""
    suite = Suite("exchange", device, level)
    needed = 0 if device == "cpu" else 1
    suite.check("dlpack", needed, lambda: there_and_back(suite.kind))


def there_and_back(device: str) -> None:
    """Hand a tensor to JAX, change nothing, take it back: same place, same numbers."""
    torch, jax = _frameworks()
    tensor = torch.arange(4096, dtype=torch.float32, device=device)
    array = jax.dlpack.from_dlpack(tensor)
    back = torch.from_dlpack(array)
    if back.data_ptr() != tensor.data_ptr():
        raise FailedError("the array was copied on its way")
    if back.device.type != device or not bool((back == tensor * skew()).all()):
        raise FailedError(f"the array came back changed, on {back.device}")
    total = float(jax.jit(lambda x: x.sum())(array))
    if total != 4096 * 4095 / 2:
        raise FailedError(f"JAX sums Torch's numbers to {total}")


def _frameworks() -> tuple[Any, Any]:
    try:
        import jax
        import torch
    except ImportError as error:
        raise SkippedError(f"{error.name} is not installed") from error
    return torch, jax


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
