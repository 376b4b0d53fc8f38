"""Torch: versions and architectures, and its numbers against float64, on the CPU or on a GPU."""

import os
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from sygaldry.gpu.architectures import Architectures, parse_architectures
from sygaldry.gpu.validation import hardware
from sygaldry.gpu.validation.challenge import LENGTH, MODULUS
from sygaldry.gpu.validation.kernels import demanded, lacking
from sygaldry.gpu.validation.machine_code import compiled_for
from sygaldry.gpu.validation.suite import (
    FailedError,
    NotJudgedError,
    SkippedError,
    Suite,
    loaded_from_elsewhere,
    relative_error,
)

LEAST_CUDNN = 91001  # with cuBLAS 12.9 and an older one JAX refuses several GPUs
_OLDEST_OF_TRITON = (7, 5)


@dataclass(frozen=True)
class Declared:
    """The architectures that the environment declares, what declares them, and the GPUs that are here."""

    architectures: str = ""
    source: str = ""
    devices: str = ""


def main(device: str, level: int, promise: str, declared: Declared) -> None:
    """Run the suite."""
    suite = Suite("torch", device, level)
    torch = suite.imported("torch")
    if torch is None:
        return
    suite.environment(version=torch.__version__, cuda=torch.version.cuda, cudnn=torch.backends.cudnn.version())
    if device == "cpu":
        build(suite, torch, promise, declared)
        numbers(suite, torch, 0)
        suite.proof(lambda slope, offset: answer(torch, "cpu", slope, offset))
        return
    if device == "cuda:all":
        suite.check("nccl-all-reduce", 3, lambda: hardware.all_reduce(torch))
        suite.check("peer-bandwidth", 3, lambda: hardware.peer_bandwidth(torch))
        return
    if suite.check("gpu", 1, lambda: executes(torch)):
        suite.environment(gpu=torch.cuda.get_device_name(0), capability=torch.cuda.get_device_capability(0))
        numbers(suite, torch, 2)
        on_gpu(suite, torch)
        suite.proof(lambda slope, offset: answer(torch, "cuda", slope, offset))


def answer(torch: Any, device: str, slope: int, offset: int) -> int:  # noqa: ANN401 - a module
    """Compute the challenge on a device."""
    numbers = (torch.arange(LENGTH, device=device) * slope + offset) % MODULUS
    return int((numbers * numbers.flip(0)).sum())


def build(suite: Suite, torch: Any, promise: str, declared: Declared) -> None:  # noqa: ANN401 - a module
    """Hold the build against what the environment promises; needs no GPU."""
    suite.check("cuda-version", 0, lambda: version(torch, promise, declared))
    suite.check("architectures", 0, lambda: kernels(suite, torch, promise, declared))
    suite.check("cudnn", 0, lambda: cudnn(torch))
    suite.check("shadowed-libraries", 0, lambda: shadowed(torch))
    suite.check("triton-cubin", 0, lambda: compiles_with_triton(torch, declared))


def cuda_of(torch: Any) -> str:  # noqa: ANN401 - a module
    """Return the CUDA that Torch was built for; raises SkippedError for a CPU build."""
    if torch.version.cuda is None:
        raise SkippedError("a CPU build of torch")
    return str(torch.version.cuda)


def version(torch: Any, promise: str, declared: Declared) -> None:  # noqa: ANN401 - a module
    """Compare the CUDA of the build with the environment's; an empty promise allows a CPU build."""
    if torch.version.cuda is None and promise:
        raise FailedError(f"a CPU build of torch, and the environment promises CUDA {promise}")
    built = cuda_of(torch)
    if promise and not built.startswith(promise):
        raise FailedError(f"built for CUDA {built}, {declared.source or 'the environment'} promises {promise}")


def build_list(torch: Any) -> Architectures:  # noqa: ANN401 - a module
    """Return what Torch was built for, as it says; get_arch_list() is empty without a GPU, the flags are not."""
    return parse_architectures(torch._C._cuda_getArchFlags())  # noqa: SLF001 - there is no public name


def wanted(torch: Any, declared: Declared) -> Architectures:  # noqa: ANN401 - a module
    """Return the architectures that must be there: those declared, else those that the build itself claims."""
    return parse_architectures(declared.architectures) if declared.architectures else build_list(torch)


def kernels(suite: Suite, torch: Any, promise: str, declared: Declared) -> None:  # noqa: ANN401 - a module
    """Compare the machine code in Torch's libraries with what is declared, and with the GPUs that are here."""
    cuda_of(torch)
    if not promise:
        raise SkippedError("the environment promises no CUDA, and so no architectures")
    found = compiled_for(Path(torch.__file__).parent.glob("lib/libtorch_cuda*.so"))
    if not found.sass:
        raise NotJudgedError("no machine code was found in libtorch_cuda.so: the build list is a claim without proof")
    suite.environment(architectures=found.text())
    source = declared.source if declared.architectures else "torch's own build list"
    devices = parse_architectures(declared.devices).sass if declared.devices else ()
    if reason := lacking(wanted(torch, declared), found, devices, source):
        raise FailedError(reason)


def cudnn(torch: Any) -> None:  # noqa: ANN401 - a module
    """Hold cuDNN against the release from which JAX accepts several GPUs."""
    cuda_of(torch)
    found = torch.backends.cudnn.version()
    if not found or found < LEAST_CUDNN:
        raise FailedError(f"cuDNN {found}, at least {LEAST_CUDNN} is needed")


def shadowed(torch: Any) -> None:  # noqa: ANN401 - a module
    """Look for CUDA libraries from outside of the environment."""
    stranger = loaded_from_elsewhere(os.path.dirname(torch.__file__))  # noqa: PTH120 - a plain path
    if stranger:
        raise FailedError(f"{stranger} is not the environment's own; see LD_LIBRARY_PATH")


def numbers(suite: Suite, torch: Any, level: int) -> None:  # noqa: ANN401 - a module
    """Compute on the suite's device and compare with numpy's float64."""
    random = np.random.default_rng(20260122)
    left, right = random.standard_normal((256, 512)), random.standard_normal((512, 192))
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False  # its default is True, unlike the product's

    def tensor(array: Any, dtype: Any = torch.float32) -> Any:  # noqa: ANN401 - framework types
        return torch.tensor(array, dtype=dtype, device=suite.kind)

    def host(result: Any) -> Any:  # noqa: ANN401 - framework types
        return result.detach().to("cpu", torch.float64).numpy()

    def matmul(dtype: Any) -> float:  # noqa: ANN401 - framework types
        # The operands are rounded first: the error of the product itself is what counts.
        a, b = tensor(left, dtype), tensor(right, dtype)
        return relative_error(host(a @ b), host(a) @ host(b))

    for name, dtype in (
        ("fp64", torch.float64),
        ("fp32", torch.float32),
        ("fp16", torch.float16),
        ("bf16", torch.bfloat16),
    ):
        suite.check(f"matmul-{name}", min(level, 1), partial(matmul, dtype))
    suite.check("conv2d-fp32", level, lambda: conv2d(torch, tensor, host, torch.float32))
    suite.check("conv2d-bf16", level, lambda: conv2d(torch, tensor, host, torch.bfloat16))
    suite.check("attention-fp32", level, lambda: attention(torch, tensor, host, torch.float32))
    suite.check("attention-bf16", level, lambda: attention(torch, tensor, host, torch.bfloat16))
    suite.check("gradients-fp32", level, lambda: gradients(torch, tensor, host))
    signal = random.standard_normal(2**18)
    suite.check(
        "fft-fp32",
        level,
        lambda: relative_error(np.abs(host_complex(torch.fft.rfft(tensor(signal)))), np.abs(np.fft.rfft(signal))),
    )
    suite.check("cholesky-fp32", level, lambda: cholesky(torch, tensor, host))
    long = random.uniform(0.5, 1.5, 2**22)
    suite.check("reduction-fp32", level, lambda: relative_error(host(tensor(long).sum()), host(tensor(long)).sum()))
    suite.check("random-repeats", level, lambda: repeats(torch, suite.kind))
    suite.check("copy-exact", level, lambda: copies(torch, suite.kind))


def host_complex(result: Any) -> Any:  # noqa: ANN401 - framework types
    """Bring complex numbers to numpy."""
    return result.detach().cpu().numpy().astype(np.complex128)


def conv2d(torch: Any, tensor: Any, host: Any, dtype: Any) -> float:  # noqa: ANN401 - framework types
    """Compare a convolution with the same in float64 on the CPU."""
    random = np.random.default_rng(2)
    image, kernel = (
        tensor(random.standard_normal((2, 16, 32, 32)), dtype),
        tensor(random.standard_normal((24, 16, 3, 3)), dtype),
    )
    wanted = torch.nn.functional.conv2d(image.to("cpu", torch.float64), kernel.to("cpu", torch.float64), padding=1)
    return relative_error(host(torch.nn.functional.conv2d(image, kernel, padding=1)), wanted.numpy())


def attention(torch: Any, tensor: Any, host: Any, dtype: Any) -> float:  # noqa: ANN401 - framework types
    """Compare scaled dot-product attention with its definition in numpy."""
    random = np.random.default_rng(3)
    query, key, value = (tensor(random.standard_normal((2, 4, 64, 32)), dtype) for _ in range(3))
    q, k, v = host(query), host(key), host(value)
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    weights = np.exp(scores - scores.max(-1, keepdims=True))
    wanted = weights / weights.sum(-1, keepdims=True) @ v
    return relative_error(host(torch.nn.functional.scaled_dot_product_attention(query, key, value)), wanted)


def gradients(torch: Any, tensor: Any, host: Any) -> float:  # noqa: ANN401 - framework types
    """Compare the gradients of a small network with those worked out by hand in numpy."""
    random = np.random.default_rng(4)
    data, first, second = (
        random.standard_normal((64, 32)),
        random.standard_normal((32, 48)),
        random.standard_normal((48, 8)),
    )
    x, w1, w2 = tensor(data), tensor(first).requires_grad_(), tensor(second).requires_grad_()
    torch.tanh(x @ w1).matmul(w2).square().sum().backward()
    x64, w64, v64 = host(x), host(w1), host(w2)
    hidden = np.tanh(x64 @ w64)
    out = 2 * (hidden @ v64)
    wanted = x64.T @ ((out @ v64.T) * (1 - hidden**2))
    return relative_error(host(w1.grad), wanted)


def cholesky(torch: Any, tensor: Any, host: Any) -> float:  # noqa: ANN401 - framework types
    """Solve a well-conditioned system and compare with numpy."""
    random = np.random.default_rng(5)
    square = random.standard_normal((96, 96))
    matrix, right = tensor(square @ square.T + 96 * np.eye(96)), tensor(random.standard_normal((96, 4)))
    found = torch.cholesky_solve(right, torch.linalg.cholesky(matrix))
    return relative_error(host(found), np.linalg.solve(host(matrix), host(right)))


def repeats(torch: Any, device: str) -> float:  # noqa: ANN401 - a module
    """Draw twice from one seed: the same numbers, and numbers that differ from each other."""
    draws = []
    for _ in range(2):
        generator = torch.Generator(device=device).manual_seed(7)
        draws.append(torch.rand(10_000, generator=generator, device=device).cpu())
    if not 0.45 < float(draws[0].mean()) < 0.55:
        raise FailedError(f"the mean of uniform numbers is {float(draws[0].mean()):.3f}")
    return float((draws[0] != draws[1]).sum())


def copies(torch: Any, device: str) -> float:  # noqa: ANN401 - a module
    """Send numbers there and back: not a bit may change."""
    numbers = torch.arange(2**20, dtype=torch.int32)
    pinned = numbers.pin_memory() if device == "cuda" else numbers
    back = pinned.to(device, non_blocking=device == "cuda", copy=True).cpu()
    return float((back != numbers).sum())


def executes(torch: Any) -> None:  # noqa: ANN401 - a module
    """Run a kernel; device_count() and is_available() prove nothing."""
    if torch.version.cuda is None:
        raise FailedError("a CPU build of torch cannot use the GPU")
    total = (torch.arange(1024, device="cuda", dtype=torch.int64) * 3).sum()
    torch.cuda.synchronize()
    if int(total) != 3 * 1024 * 1023 // 2 or total.device.type != "cuda":
        raise FailedError(f"the first kernel computed {int(total)} on {total.device}")


def on_gpu(suite: Suite, torch: Any) -> None:  # noqa: ANN401 - a module
    """Check what only a GPU has: TF32, compiled functions, bandwidth, several GPUs."""

    def tf32() -> float:
        if torch.cuda.get_device_capability(0) < (8, 0):
            raise SkippedError("TF32 exists from compute capability 8.0 on")
        torch.backends.cuda.matmul.allow_tf32 = True
        try:
            a, b = torch.randn(512, 512, device="cuda"), torch.randn(512, 512, device="cuda")
            return relative_error((a @ b).cpu().double().numpy(), a.cpu().double().numpy() @ b.cpu().double().numpy())
        finally:
            torch.backends.cuda.matmul.allow_tf32 = False

    def compiled() -> float:
        def function(x: Any) -> Any:  # noqa: ANN401 - framework types
            return torch.sin(x) * x + 1

        x = torch.linspace(-3, 3, 10_000, device="cuda")
        return relative_error(torch.compile(function)(x).cpu().double().numpy(), function(x.cpu().double()).numpy())

    suite.check("matmul-tf32", 1, tf32)
    suite.check("compile-fp32", 2, compiled)
    suite.check("bandwidth", 2, lambda: hardware.bandwidth(torch))
    suite.check("memory", 3, lambda: hardware.memory(torch))
    suite.check("pcie-bandwidth", 3, lambda: hardware.pcie_bandwidth(torch))
    suite.check("stress", 3, lambda: hardware.stress(torch))


def compiles_with_triton(torch: Any, declared: Declared) -> None:  # noqa: ANN401 - a module
    """Compile a kernel to machine code for each architecture from 7.5 on; no GPU is needed."""
    cuda_of(torch)
    import triton
    from triton.backends.compiler import GPUTarget
    from triton.compiler import ASTSource

    from sygaldry.gpu.validation.triton_kernel import add

    known = [each for each in demanded(wanted(torch, declared)) if each >= _OLDEST_OF_TRITON]
    if not known:
        raise SkippedError("Triton compiles for 7.5 and newer, and none of them is declared")
    for major, minor in known:
        source = ASTSource(
            fn=add, signature={"x": "*fp32", "y": "*fp32", "n": "i32", "BLOCK": "constexpr"}, constexprs={(3,): 128}
        )
        made = triton.compile(source, target=GPUTarget("cuda", major * 10 + minor, 32))
        if not made.asm.get("cubin"):
            raise FailedError(f"no machine code for sm_{major}{minor}")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3], Declared(*sys.argv[4:]))
