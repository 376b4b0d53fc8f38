"""One reproducible environment for GPU-heavy, mixed-language projects."""

from typing import Final

__version__: Final = "0.1.0"
