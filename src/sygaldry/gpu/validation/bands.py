"""How far a result may be from its float64 reference: the relative Frobenius error, by operation and precision.

Measured on CPU kernels and on emulated mantissas of 10 (TF32) and 7 bits (bf16); the bands are some five times as wide.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Band:
    """Errors that pass: from `above` (an error too small means that a mode had no effect) to `below`."""

    below: float
    above: float = 0.0

    def holds(self, error: float) -> bool:
        """Whether an error passes; not-a-number never does."""
        return self.above <= error < self.below

    def text(self) -> str:
        return f"{self.above:g} to {self.below:g}" if self.above else f"< {self.below:g}"


EXACT: Final = Band(below=1e-300)

BANDS: Final = {
    "matmul-fp64": Band(1e-13),
    "matmul-fp32": Band(2e-6),  # TF32 in disguise shows as 3e-4
    "matmul-tf32": Band(1e-3, above=5e-5),
    "matmul-fp16": Band(2e-3),
    "matmul-bf16": Band(1e-2),
    "matmul-default": Band(1e-3),  # JAX's default precision may be TF32 from Ampere on
    "conv2d-fp32": Band(2e-6),
    "conv2d-bf16": Band(1e-2),
    "attention-fp32": Band(5e-6),
    "attention-bf16": Band(1.5e-2),
    "gradients-fp32": Band(5e-6),
    "fft-fp32": Band(5e-6),
    "cholesky-fp32": Band(1e-5),
    "reduction-fp32": Band(1e-6),
    "scan-fp32": Band(5e-6),
    "vmap-fp32": Band(2e-6),
    "compile-fp32": Band(1e-6),
}  # fmt: skip
