"""JAX: its plugin and libraries, and its numbers against float64, on the CPU or on a GPU."""

import sys
from importlib import import_module
from typing import Any

import numpy as np

from sygaldry.gpu.validation.challenge import LENGTH, MODULUS
from sygaldry.gpu.validation.suite import FailedError, SkippedError, Suite, loaded_from_elsewhere, relative_error

LEAST_CUDNN = 91001
PLUGINS = ("jax_cuda13_plugin", "jax_cuda12_plugin")


def main(device: str, level: int, promise: str) -> None:
    """Run the suite."""
    suite = Suite("jax", device, level)
    jax = suite.imported("jax")
    if jax is None:
        return
    suite.environment(version=jax.__version__)
    if device == "cpu":
        suite.check("cuda-libraries", 0, lambda: libraries(promise))
        suite.check("shadowed-libraries", 0, shadowed)
        suite.check("lowers-for-cuda", 0, lambda: lowers(jax))
        numbers(suite, jax, 0)
        suite.proof(lambda slope, offset: answer(jax, slope, offset))
    elif device == "cuda:all":
        suite.check("psum", 3, lambda: together(jax))
    elif suite.check("gpu", 1, lambda: executes(jax)):
        suite.environment(gpu=str(jax.devices()[0].device_kind))
        numbers(suite, jax, 2)
        suite.proof(lambda slope, offset: answer(jax, slope, offset))


def answer(jax: Any, slope: int, offset: int) -> int:  # noqa: ANN401 - a module
    """Compute the challenge on the default device."""
    numbers = (jax.numpy.arange(LENGTH) * slope + offset) % MODULUS
    return int(jax.jit(lambda x: (x * x[::-1]).sum())(numbers))


def executes(jax: Any) -> None:  # noqa: ANN401 - a module
    """Run a kernel and see where its result lies; JAX's own messages about a missing GPU are not to be trusted."""
    try:
        backend = jax.default_backend()
    except AssertionError as error:
        raise FailedError("no CUDA backend: the plugin is not installed, or there is no device node") from error
    result = jax.jit(lambda x: (x * 3).sum())(jax.numpy.arange(1024))
    where = {device.platform for device in result.devices()}
    if backend != "gpu" or where != {"gpu"}:
        raise FailedError(f"the default backend is {backend}, and a result lies on {', '.join(sorted(where))}")
    if int(result) != 3 * 1024 * 1023 // 2:
        raise FailedError(f"the first kernel computed {int(result)}")


def lowers(jax: Any) -> None:  # noqa: ANN401 - a module
    """Lower a function for CUDA by the public export interface; no device is needed."""
    from jax import export

    square = jax.ShapeDtypeStruct((128, 128), "float32")
    exported = export.export(jax.jit(lambda a, b: jax.numpy.tanh(a @ b) + 1), platforms=["cuda"])(square, square)
    if "cuda" not in exported.platforms or not exported.mlir_module_serialized:
        raise FailedError(f"lowered for {', '.join(exported.platforms) or 'nothing'} instead of cuda")


def libraries(promise: str) -> None:
    """Hold cuDNN against the release from which products over several GPUs are right."""
    versions = next((found for name in PLUGINS if (found := _versions(name)) is not None), None)
    if versions is None and promise:
        raise FailedError(f"no CUDA plugin of JAX is installed, and the environment promises CUDA {promise}")
    if versions is None:
        raise SkippedError("no CUDA plugin of JAX is installed")
    found = int(versions.cudnn_get_version())
    if found < LEAST_CUDNN:
        raise FailedError(f"cuDNN {found}, at least {LEAST_CUDNN} is needed: JAX refuses several GPUs with it")


def _versions(plugin: str) -> Any:  # noqa: ANN401 - a module
    """Import what a plugin says of its libraries; None if it is not installed."""
    try:
        return import_module(f"{plugin}._versions")
    except ImportError:
        return None


def shadowed() -> None:
    """Look for CUDA libraries from outside of the environment."""
    stranger = loaded_from_elsewhere()
    if stranger:
        raise FailedError(f"{stranger} is not the environment's own; see LD_LIBRARY_PATH")


def numbers(suite: Suite, jax: Any, level: int) -> None:  # noqa: ANN401 - a module
    """Compute on the default device and compare with numpy's float64."""
    jnp, random = jax.numpy, np.random.default_rng(20260122)
    left, right = random.standard_normal((256, 512)), random.standard_normal((512, 192))
    a, b = jnp.asarray(left, jnp.float32), jnp.asarray(right, jnp.float32)
    wanted = host(a) @ host(b)

    def product(precision: str) -> float:
        return relative_error(host(jax.jit(lambda x, y: jnp.matmul(x, y, precision=precision))(a, b)), wanted)

    def bf16() -> float:
        x, y = a.astype(jnp.bfloat16), b.astype(jnp.bfloat16)
        return relative_error(host(jax.jit(jnp.matmul)(x, y)), host(x) @ host(y))

    suite.check("matmul-fp32", min(level, 1), lambda: product("highest"))
    suite.check("matmul-default", min(level, 1), lambda: product("default"))
    suite.check("matmul-bf16", min(level, 1), bf16)
    suite.check("conv2d-fp32", level, lambda: conv2d(jax))
    suite.check("gradients-fp32", level, lambda: gradients(jax))
    suite.check("vmap-fp32", level, lambda: vmapped(jax, a, b))
    suite.check("scan-fp32", level, lambda: scanned(jax))
    suite.check("random-repeats", level, lambda: repeats(jax))


def host(array: Any) -> Any:  # noqa: ANN401 - framework types
    """Bring an array to numpy's float64."""
    return np.asarray(array, dtype=np.float64)


def conv2d(jax: Any) -> float:  # noqa: ANN401 - a module
    """Compare a convolution with its definition as nine shifted products."""
    random = np.random.default_rng(2)
    image = jax.numpy.asarray(random.standard_normal((2, 16, 34, 34)), "float32")
    kernel = jax.numpy.asarray(random.standard_normal((24, 16, 3, 3)), "float32")
    found = jax.jit(lambda x, k: jax.lax.conv(x, k, (1, 1), "VALID", precision="highest"))(image, kernel)
    wide, small = host(image), host(kernel)
    wanted = sum(
        np.einsum("nchw,oc->nohw", wide[:, :, i : i + 32, j : j + 32], small[:, :, i, j])
        for i in range(3)
        for j in range(3)
    )
    return relative_error(host(found), wanted)


def gradients(jax: Any) -> float:  # noqa: ANN401 - a module
    """Compare a gradient with the one worked out by hand."""
    jnp, random = jax.numpy, np.random.default_rng(4)
    data, weights = random.standard_normal((64, 32)), random.standard_normal((32, 48))
    x, w = jnp.asarray(data, "float32"), jnp.asarray(weights, "float32")
    with jax.default_matmul_precision("highest"):
        found = jax.jit(jax.grad(lambda w: jnp.tanh(x @ w).sum()))(w)
    return relative_error(host(found), host(x).T @ (1 - np.tanh(host(x) @ host(w)) ** 2))


def vmapped(jax: Any, a: Any, b: Any) -> float:  # noqa: ANN401 - framework types
    """Compare a product written as a mapped dot product."""
    with jax.default_matmul_precision("highest"):
        found = jax.jit(jax.vmap(lambda row: row @ b))(a)
    return relative_error(host(found), host(a) @ host(b))


def scanned(jax: Any) -> float:  # noqa: ANN401 - a module
    """Compare a running sum."""
    steps = jax.numpy.asarray(np.random.default_rng(6).uniform(0.5, 1.5, 2000), "float32")
    _, found = jax.jit(lambda xs: jax.lax.scan(lambda total, x: (total + x, total + x), 0.0, xs))(steps)
    return relative_error(host(found), np.cumsum(host(steps)))


def repeats(jax: Any) -> float:  # noqa: ANN401 - a module
    """Draw twice from one key: the same numbers; and from another: others."""
    one, same, other = (jax.random.uniform(jax.random.key(seed), (10_000,)) for seed in (7, 7, 8))
    if bool((one == other).all()) or not 0.45 < float(one.mean()) < 0.55:
        raise FailedError("two keys gave the same numbers, or they are not uniform")
    return float((one != same).sum())


def together(jax: Any) -> None:  # noqa: ANN401 - a module
    """Add up over all GPUs."""
    count = jax.device_count()
    if count < 2:
        raise SkippedError("one GPU only")
    parts = jax.numpy.arange(1, count + 1, dtype="float32").reshape(count, 1)
    total = jax.pmap(lambda part: jax.lax.psum(part, "gpus"), axis_name="gpus")(parts)
    if not bool((total == count * (count + 1) / 2).all()):
        raise FailedError(f"psum gave {np.asarray(total).ravel().tolist()}")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
