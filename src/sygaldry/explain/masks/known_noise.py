"""Errors that a library logs and that fail nothing: TensorFlow registers plug-ins twice and tries larger buffers."""

from typing import Final

from sygaldry.explain.masks import Mask

MASK: Final = Mask(
    "known noise",
    (
        b"factory for plugin cu",
        b"computation_placer",
        b"is not a failure",
        b"is not an error",
        b"safely ignore",
        b"safe to ignore",
    ),
    passes=r"Unable to register cu(?:FFT|DNN|BLAS) factory: |computation placer already registered|\b[Tt]his is not an? (?:failure|error)\b|(?<!not )(?<!never )\b(?:be )?safely ignored?\b|(?<!not )\bsafe to ignore\b",
)
