"""One reproducible environment for GPU-heavy, mixed-language projects."""

__version__ = "0.1.0"
