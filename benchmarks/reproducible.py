"""Build the image twice from the same inputs, and compare every file and every layer of the two.

    python -m benchmarks.reproducible [--toolchains LIST] [--packages LIST] [--runtime docker|podman] [--base IMAGE]

Needs an engine and a base image; the default base is made by `sygaldry image base`. The default toolchains come from
the Debian mirror and PyPI. Nothing is taken from a cache. The exit code is 1 if anything differs.
"""

import os
import subprocess
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.image_difference import differences
from benchmarks.saved_image import SavedImage, read_saved

CHECKOUT = Path(__file__).resolve().parents[1]
SYGALDRY = str(CHECKOUT / "tools" / "sygaldry")
MOST_LINES = 20


@dataclass(frozen=True)
class Built:
    """One build: what the engine saved, the size of that archive, and the seconds that the build took."""

    image: SavedImage
    size_bytes: int
    seconds: float


@contextmanager
def built(engine: str, name: str, environment: Mapping[str, str]) -> Iterator[Built]:
    """Build an image from scratch, read it, and remove it."""
    with TemporaryDirectory(prefix="sygaldry-reproducible-") as folder:
        own = {**environment, "SYGALDRY_IMAGE": name, "SYGALDRY_STORAGE_ROOT": f"{folder}/storage"}
        start = time.monotonic()
        subprocess.run([SYGALDRY, "image", "build", "--force"], env=own, check=True)
        seconds = time.monotonic() - start
        try:
            saved = Path(folder, "image.tar")
            subprocess.run([engine, "save", "--output", str(saved), name], check=True, stderr=subprocess.DEVNULL)
            with saved.open("rb") as file:
                yield Built(read_saved(file), saved.stat().st_size, seconds)
        finally:
            subprocess.run([engine, "rmi", "--force", name], check=False, stdout=subprocess.DEVNULL)


def compare(arguments: Namespace) -> int:
    """Build twice, print what was measured, and return the number of layers that differ."""
    environment = {
        **os.environ,
        "SYGALDRY_RUNTIME": arguments.runtime,
        "SYGALDRY_BASE_IMAGE": arguments.base,
        "SYGALDRY_TOOLCHAINS": arguments.toolchains,
        "SYGALDRY_PACKAGES": arguments.packages,
    }
    names = [f"sygaldry/reproducible-{os.getpid()}-{letter}:1" for letter in "ab"]
    engine = arguments.runtime
    with built(engine, names[0], environment) as one, built(engine, names[1], environment) as other:
        found = differences(one.image, other.image)
        entries = sum(len(layer.entries) for layer in one.image.layers)
        print(f"{engine}, toolchains {arguments.toolchains}, packages {arguments.packages or 'none'}")
        for number, each in enumerate((one, other), start=1):
            print(f"build {number}: {each.size_bytes / 1e6:.0f} MB, {each.seconds:.0f} s")
        print(f"{len(one.image.layers)} layers, {entries} files and folders: {'equal' if not found else 'different'}")
        for difference in found:
            print("\n".join(difference.lines(MOST_LINES)))
    return len(found)


def main(words: list[str]) -> int:
    """Read the arguments and compare."""
    parser = ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--runtime", choices=("docker", "podman"), default="docker")
    parser.add_argument("--base", default="sygaldry/base:bookworm")
    parser.add_argument("--toolchains", default="uv")
    parser.add_argument("--packages", default="")
    return 1 if compare(parser.parse_args(words)) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
