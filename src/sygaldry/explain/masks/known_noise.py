"""Errors that a library logs at each start and that fail nothing: TensorFlow registers the plug-ins of CUDA twice."""

from typing import Final

from sygaldry.explain.masks import Mask

MASK: Final = Mask(
    "known noise",
    (b"factory for plugin cu", b"computation_placer"),
    passes=r"Unable to register cu(?:FFT|DNN|BLAS) factory: |computation placer already registered",
)
