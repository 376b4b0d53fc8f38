"""XLA: compile a JAX function for each architecture without a device, as JAX would on the GPU itself.

A program of its own, because XLA reads its flags once, and the CUDA plugin must not see that there is no GPU.
"""

import os
import re
import sys
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from sygaldry.gpu.architectures import Architectures, parse_architectures
from sygaldry.gpu.compatibility import Capability
from sygaldry.gpu.validation.kernels import demanded
from sygaldry.gpu.validation.machine_code import compiled_for
from sygaldry.gpu.validation.suite import FailedError, NotJudgedError, SkippedError, Suite

OLDEST: Final = (7, 5)
PLUGINS: Final = ("jax_cuda13_plugin", "jax_cuda12_plugin")

# What XLA wants to know of a GPU that is not there: the figures of an H100, but for its compute capability.
_TARGET: Final = """
gpu_device_info {{
  threads_per_block_limit: 1024 threads_per_warp: 32 shared_memory_per_block: 49152 shared_memory_per_core: 65536
  threads_per_core_limit: 1024 core_count: 40 fpus_per_core: 64 block_dim_limit_x: 2147483647
  block_dim_limit_y: 65535 block_dim_limit_z: 65535 memory_bandwidth: 320000000000 l2_cache_size: 4194304
  clock_rate_ghz: 1.59 device_memory_size: 15000000000 shared_memory_per_block_optin: 65536
  cuda_compute_capability {{ major: {major} minor: {minor} }}
  registers_per_core_limit: 65536 registers_per_block_limit: 65536
}}
platform_name: "CUDA"
dnn_version_info {{ major: 9 minor: 10 patch: 2 }}
runtime_version {{ major: 12 minor: 9 }}
device_description_str: "a GPU of compute capability {major}.{minor}"
"""


def main(device: str, level: int, architectures: str) -> None:
    """Run the suite; without the plugin there is nothing to compile with, which the suite of JAX reports."""
    if find_spec("jax") is None or not any(find_spec(name) for name in PLUGINS):
        return
    suite = Suite("xla", device, level)
    os.environ["JAX_SKIP_CUDA_CONSTRAINTS_CHECK"] = "1"
    os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} --xla_gpu_autotune_level=0".strip()
    jax = suite.imported("jax")
    if jax is None:
        return
    wanted = parse_architectures(architectures) if architectures else plugin_code()
    if not demanded(wanted):
        suite.check("architectures", 0, unknown)
    for capability in demanded(wanted):
        if capability >= OLDEST:
            suite.check(f"compiles-sm_{capability[0]}{capability[1]}", 0, partial(compiles, jax, capability))


def plugin_code() -> Architectures:
    """Read which architectures the plugin itself was compiled for."""
    found = (spec for name in ("xla_cuda13", "xla_cuda12") if (spec := find_spec(f"jax_plugins.{name}")))
    folders = [Path(place) for spec in found for place in spec.submodule_search_locations or ()]
    return compiled_for(folder / "xla_cuda_plugin.so" for folder in folders if (folder / "xla_cuda_plugin.so").exists())


def unknown() -> None:
    """Refuse to pass: nothing declares the architectures, and none can be read."""
    raise NotJudgedError("the architectures of this build are not known: name them with --architectures")


def compiles(jax: Any, capability: Capability) -> None:  # noqa: ANN401 - a module
    """Compile for one architecture without the device, and find the architecture in the serialised executable."""
    from jax.experimental import serialize_executable, topologies

    major, minor = capability
    try:
        described = topologies.get_topology_desc(
            platform="cuda", topology_name="", topology="1x1x1", target_config=_TARGET.format(major=major, minor=minor)
        )
    except (TypeError, NotImplementedError, AttributeError) as error:
        raise SkippedError(f"this JAX describes no absent GPU ({type(error).__name__})") from error
    place = jax.sharding.SingleDeviceSharding(described.devices[0])
    square = jax.ShapeDtypeStruct((128, 128), "float32", sharding=place)
    compiled = jax.jit(lambda a, b: jax.numpy.tanh(a @ b) + 1).lower(square, square).compile()
    payload = serialize_executable.serialize(compiled)[0]
    targets = {found.decode() for found in re.findall(rb"sm_(\d{2,3})", payload)}
    if not targets:
        raise SkippedError("this JAX does not write the architecture into its executables")
    if f"{major}{minor}" not in targets:
        raise FailedError(f"compiled for sm_{', sm_'.join(sorted(targets))} instead of sm_{major}{minor}")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
