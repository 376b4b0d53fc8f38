"""The kernel that is compiled for each architecture; imported only where Triton is installed."""

import triton
import triton.language as tl


# Triton compiles the source text and knows no annotation but its own.
@triton.jit  # type: ignore[untyped-decorator,unused-ignore] # Triton has no types, or is absent
def add(x, y, n, BLOCK: tl.constexpr):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN201, N803
    """Add one array to another."""
    offsets = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    mask = offsets < n
    tl.store(y + offsets, tl.load(x + offsets, mask=mask) + tl.load(y + offsets, mask=mask), mask=mask)
