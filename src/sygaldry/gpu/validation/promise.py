"""What an environment promises of its builds: which CUDA, and for which GPUs they have kernels."""

from collections.abc import Iterable
from dataclasses import dataclass

from sygaldry.gpu.architectures import parse_architectures
from sygaldry.model.report import Json


@dataclass(frozen=True)
class Promise:
    """`cuda` is empty where builds for the CPU are right; a framework's architectures are where none are declared."""

    cuda: str = ""  # such as 12.9
    torch: str = ""  # as Spack writes them: 75,80,90
    jax: str = ""
    source: str = ""  # what declares them: a lock, a manifest, an option

    def data(self) -> dict[str, Json]:
        """What is declared, for programs."""
        return {"torch": self.torch, "jax": self.jax, "source": self.source}

    def text(self, cuda: str) -> str:
        """Describe what is expected of the builds; `cuda` is what the request makes of the promise."""
        if not cuda:
            return "expected: nothing of CUDA, builds for the CPU will do"
        code = f"machine code for {self.torch}" if self.torch else "the machine code that the builds themselves claim"
        return f"expected: CUDA {cuda}, {code}; from {self.source or 'the configured base image'}"


def architectures_text(values: Iterable[str]) -> str:
    """Write architectures in ascending order; raises ValueError for anything that is no architecture."""
    return parse_architectures(",".join(values)).text()
