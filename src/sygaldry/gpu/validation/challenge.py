"""A computation of each run's own: a script that merely prints passes cannot know its result.

The parent draws a nonce; the suite computes with it on the device that it claims to use; the parent computes the same
in plain integers. All sums stay below 2^31, which JAX's default integers hold.
"""

from typing import Final

NONCE: Final = "SYGALDRY_VALIDATE_NONCE"
LENGTH: Final = 4096
MODULUS: Final = 251


def parameters(nonce: str) -> tuple[int, int]:
    """Return the slope and the offset of the numbers to multiply."""
    seed = int(nonce or "0", 16)
    return seed % (MODULUS - 1) + 1, seed // MODULUS % MODULUS


def expected(nonce: str) -> int:
    """Compute the result in plain integers."""
    slope, offset = parameters(nonce)
    numbers = [(slope * place + offset) % MODULUS for place in range(LENGTH)]
    return sum(left * right for left, right in zip(numbers, reversed(numbers), strict=True))
