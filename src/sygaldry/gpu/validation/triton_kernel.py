"""The kernel that is compiled for each architecture; imported only where Triton is installed."""

from typing import Any

import triton
import triton.language as tl


@triton.jit  # type: ignore[untyped-decorator,unused-ignore] # Triton carries no types where it is absent
def add(x: Any, y: Any, n: Any, BLOCK: tl.constexpr) -> None:  # noqa: ANN401, N803 - Triton's own spelling
    """Add one array to another."""
    offsets = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    mask = offsets < n
    tl.store(y + offsets, tl.load(x + offsets, mask=mask) + tl.load(y + offsets, mask=mask), mask=mask)
