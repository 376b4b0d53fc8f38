"""Which checks a suite must report: one that is missing was not passed, whatever the child printed."""

from collections.abc import Iterable
from typing import Final

from sygaldry.gpu.validation.outcome import Outcome, State

_BUILD: Final = {
    "torch": ("cuda-version", "architectures", "cudnn", "shadowed-libraries", "triton-cubin"),
    "jax": ("cuda-libraries", "shadowed-libraries", "lowers-for-cuda"),
}
_NUMBERS: Final = {
    "torch": (
        "matmul-fp64", "matmul-fp32", "matmul-fp16", "matmul-bf16", "conv2d-fp32", "conv2d-bf16", "attention-fp32",
        "attention-bf16", "gradients-fp32", "fft-fp32", "cholesky-fp32", "reduction-fp32", "random-repeats",
        "copy-exact",
    ),
    "jax": (
        "matmul-fp32", "matmul-default", "matmul-bf16", "conv2d-fp32", "gradients-fp32", "vmap-fp32", "scan-fp32",
        "random-repeats",
    ),
}  # fmt: skip
_EARLY: Final = frozenset({
    "matmul-fp64", "matmul-fp32", "matmul-fp16", "matmul-bf16", "matmul-default",
})  # fmt: skip
_GPU: Final = {
    "torch": {1: ("matmul-tf32",), 2: ("compile-fp32", "bandwidth"), 3: ("memory", "pcie-bandwidth", "stress")},
}
_ALL_GPUS: Final = {"torch": ("nccl-all-reduce", "peer-bandwidth"), "jax": ("psum",)}
# What a device may lack, with the reason in the outcome; nothing else may be skipped on a GPU.
_MAY_SKIP: Final = frozenset({
    "matmul-tf32", "bandwidth", "pcie-bandwidth", "peer-bandwidth", "nccl-all-reduce", "psum", "matmul-bf16",
})  # fmt: skip


def required(suite: str, device: str, level: int) -> tuple[str, ...]:
    """Name the checks of a suite on a device at a level, without the suite's own name."""
    if suite == "exchange":
        return ("dlpack",)
    if suite not in _NUMBERS:
        return ()
    if device == "cpu":
        return (
            "import",
            *_BUILD[suite],
            *_NUMBERS[suite],
        )
    if device == "cuda:all":
        return ("import", *_ALL_GPUS[suite])
    numbers = tuple(name for name in _NUMBERS[suite] if level >= 2 or name in _EARLY)
    extra = tuple(name for each, names in _GPU.get(suite, {}).items() if each <= level for name in names)
    return ("import", "gpu", *numbers, *extra)


def unreported(suite: str, device: str, level: int, outcomes: Iterable[Outcome]) -> list[Outcome]:
    """Return an error for each check that is missing, or that was skipped although a GPU must pass it."""
    found = {each.id.partition(".")[2]: each for each in outcomes}
    wanted = required(suite, device, level)
    for gate in ("import", "gpu"):
        if gate in wanted and (gate not in found or found[gate].state is not State.PASS):
            wanted = wanted[: wanted.index(gate) + 1]  # nothing after it can run
    place = 0 if device == "cpu" else max(level, 1)
    missing = [
        Outcome(f"{suite}.{name}", State.ERROR, "was not reported by the suite", device=device, level=place)
        for name in wanted
        if name not in found
    ]
    skipped = [
        Outcome(each.id, State.ERROR, f"may not be skipped on a GPU: {each.reason}", device=device, level=place)
        for name, each in found.items()
        if device != "cpu" and each.state is State.SKIP and name in wanted and name not in _MAY_SKIP
    ]
    return missing + skipped
