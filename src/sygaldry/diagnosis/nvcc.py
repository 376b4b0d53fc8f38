"""CUDA compilation: nvcc, cudafe++, ptxas, nvlink."""

from typing import Final

from sygaldry.diagnosis import Family, Rule

FAMILY: Final = Family(
    "nvcc",
    (
        Rule(
            "): error",
            r"(?<![^\s()])(?P<where>[^\s()]{1,300}\(\d{1,7}\)): (?:catastrophic )?error(?: #\d+(?:-D)?)?: (?P<what>.{1,300})",
            84,
            "{where} does not compile",
            after=3,
        ),
        Rule(
            "unsupported gpu architecture",
            r"nvcc fatal\s+: Unsupported gpu architecture '(?P<what>[^']{1,40})'",
            92,
            "this CUDA toolkit cannot compile for {what}",
            "drop it from the architectures, or take a toolkit that knows it",
        ),
        Rule(
            "unsupported gnu version",
            r"unsupported GNU version! (?P<what>.{1,200})",
            92,
            "the host compiler is too new for this CUDA toolkit",
            "use an older gcc (-ccbin) or a newer toolkit",
        ),
        # What setup.py then lacks is only a consequence, for instance a name that is not defined.
        Rule(
            "nvcc was not found",
            r"\bnvcc was not found\b",
            92,
            "nvcc was not found",
            "put the bin folder of a CUDA toolkit on PATH, or set CUDA_HOME",
        ),
        Rule(
            "no such file or directory",
            r"^\s*(?:sh: \d+: )?(?P<what>(?:/\S{1,100}/)?(?:gcc|g\+\+|clang(?:\+\+)?|icpc|icpx|nvc\+\+)(?:-\d{1,2}(?:\.\d)?)?): (?:No such file or directory|not found)$",
            91,
            "the host compiler {what} is not installed",
            "install it, or give another one (-ccbin, CUDAHOSTCXX)",
        ),
        Rule(
            "host compiler properties",
            r"nvcc fatal\s+: (?P<what>Failed to preprocess host compiler properties.{0,100})",
            60,
            "nvcc: {what}",
        ),
        Rule("nvcc fatal", r"nvcc fatal\s+: (?P<what>.{1,200})", 84, "nvcc: {what}"),
        Rule("ptxas", r"ptxas (?:fatal|error)\s+: (?P<what>.{1,200})", 80, "ptxas: {what}"),
        Rule("nvlink", r"nvlink (?:fatal|error)\s+: (?P<what>.{1,200})", 84, "device code does not link: {what}"),
        Rule(
            "errors detected in the compilation",
            r"\d+ errors? detected in the compilation of \"(?P<what>[^\"]{1,200})",
            36,
        ),
        Rule(
            "no cuda toolset",
            r"No CUDA toolset found|Failed to (?:find nvcc|detect a default CUDA architecture)",
            86,
            "CMake finds no CUDA compiler",
            "put nvcc on PATH or set CUDACXX",
        ),
    ),
)
