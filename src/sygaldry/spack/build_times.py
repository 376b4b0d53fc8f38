"""Seconds that packages took to build, measured on one machine: an estimate until a store has a history of its own.

Made by `tools/check -s rehearsal` with Spack 1.1.0, -j 2 and two cores of an x86-64 virtual machine (Debian 12, gcc
12.2.0) that others used at the same time, on 2026-11-28.
"""

from collections.abc import Mapping
from typing import Final

# What flows/env/install/machine_facts.speed_factor measures there.
REFERENCE_SECONDS: Final = 0.0181

SECONDS: Final[Mapping[str, float]] = {
    "arpack-ng": 92.9,
    "bzip2": 4.2,
    "compiler-wrapper": 0.1,
    "gcc-runtime": 0.1,
    "jansson": 13.4,
    "libsigsegv": 6.0,
    "lz4": 16.1,
    "ninja": 79.2,
    "py-bottleneck": 6.5,
    "py-cppy": 0.8,
    "py-cython": 161.8,
    "py-flit-core": 0.7,
    "py-jinja2": 0.7,
    "py-kiwisolver": 11.5,
    "py-markupsafe": 2.9,
    "py-meson-python": 1.2,
    "py-numpy": 243.8,
    "py-packaging": 0.7,
    "py-pip": 2.6,
    "py-psutil": 8.4,
    "py-pyproject-metadata": 0.6,
    "py-python-dateutil": 0.9,
    "py-setuptools": 2.2,
    "py-setuptools-scm": 0.9,
    "py-six": 2.7,
    "py-tinycss2": 0.6,
    "py-versioneer": 2.3,
    "py-webencodings": 2.3,
    "py-wheel": 1.1,
    "python-venv": 0.1,
}
