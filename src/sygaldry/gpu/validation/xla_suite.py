"""XLA: compile a JAX function for each architecture without a device, as JAX would on the GPU itself.

A program of its own, because XLA reads its flags once, and the CUDA plugin must not see that there is no GPU.
"""

import os
import re
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Any, Final

from sygaldry.gpu.architectures import parse_architectures
from sygaldry.gpu.compatibility import Capability
from sygaldry.gpu.validation.suite import FailedError, Suite

OLDEST: Final = (7, 5)

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
    suite = Suite("xla", device, level)
    if not _has_plugin():
        return
    with tempfile.TemporaryDirectory() as folder:
        os.environ["JAX_SKIP_CUDA_CONSTRAINTS_CHECK"] = "1"
        os.environ["XLA_FLAGS"] = f"--xla_gpu_autotune_level=0 --xla_dump_to={folder}"
        jax = suite.imported("jax")
        for capability in sorted(parse_architectures(architectures).sass) if jax is not None else ():
            if capability >= OLDEST:
                name = f"compiles-sm_{capability[0]}{capability[1]}"
                suite.check(name, 0, partial(compiles, jax, capability, Path(folder)))


def compiles(jax: Any, capability: Capability, folder: Path) -> None:  # noqa: ANN401 - a module
    """Compile for one architecture and read from the PTX which one it became."""
    from jax.experimental import topologies

    major, minor = capability
    described = topologies.get_topology_desc(
        platform="cuda", topology_name="", topology="1x1x1", target_config=_TARGET.format(major=major, minor=minor)
    )
    place = jax.sharding.SingleDeviceSharding(described.devices[0])
    square = jax.ShapeDtypeStruct((128, 128), "float32", sharding=place)

    def function(a: Any, b: Any) -> Any:  # noqa: ANN401 - framework types
        return jax.numpy.tanh(a @ b) + 1

    function.__name__ = f"for_sm_{major}{minor}"
    jax.jit(function).lower(square, square).compile()
    texts = [path.read_text("utf-8", "replace") for path in folder.glob(f"*{function.__name__}*.ptx")]
    targets = {found for text in texts for found in re.findall(r"^\.target (sm_\d+)", text, re.MULTILINE)}
    if targets != {f"sm_{major}{minor}"}:
        raise FailedError(f"compiled for {', '.join(sorted(targets)) or 'nothing'} instead of sm_{major}{minor}")


def _has_plugin() -> bool:
    from importlib.util import find_spec

    return any(find_spec(name) for name in ("jax_cuda12_plugin", "jax_cuda13_plugin"))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
