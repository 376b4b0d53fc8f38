"""pip, setuptools, build back ends and wheels."""

import re
from typing import Final

from sygaldry.diagnosis import Explanation, Family, Hit, Kind, Line, Rule, Window

_REQUIREMENT: Final = re.compile(
    r"^ {2,8}(?P<by>The user requested|\S{1,80} \S{1,40} depends on)(?: \(constraint\))? \S{1,200}"
)
_NEAR: Final = 30  # lines between an error and the list of what it is about: two streams do not keep their order
_SHOWN: Final = 6


def _explains(hit: Hit, window: Window) -> Explanation:
    """The sentence has the error; what conflicts stands in a list of its own, usually below it."""
    if hit.rule.literal != "cannot install":
        return Explanation((hit.line,))
    lines = window.lines[max(window.index - _NEAR, 0) : window.index + _NEAR]
    by_requirer: dict[str, Line] = {}
    for line in lines:
        if found := _REQUIREMENT.match(line.text):
            by_requirer.setdefault(found["by"] if "depends" in found["by"] else line.text, line)
    says = f"{hit.rule.says}: {hit.line.text.partition('ERROR: ')[2]}"
    return Explanation(tuple(by_requirer.values())[:_SHOWN] or (hit.line,), says=says)


FAMILY: Final = Family(
    "pip",
    (
        Rule(
            "cannot install",
            r"ERROR: Cannot install (?P<what>.{1,300}) because these package versions have conflicting",
            86,
            "pip cannot satisfy all versions asked for",
            "loosen one of the pins below",
        ),
        Rule("resolutionimpossible", r"ERROR: ResolutionImpossible", 58, "pip cannot satisfy all versions asked for"),
        Rule("depends on", r"^\s+(?P<what>\S{1,80} [\w.+]{1,40} depends on .{1,200})", 60, "conflicting requirements"),
        Rule(
            "no matching distribution",
            r"ERROR: No matching distribution found for (?P<what>.{1,200})",
            86,
            "no package index has {what} for this Python and platform",
            "check the name and version, the Python version, and the index",
            before=1,
        ),
        Rule(
            "could not find a version that satisfies",
            r"Could not find a version that satisfies the requirement (?P<what>.{1,300}?)(?: \(from|$)",
            87,
            "no package index has {what} for this Python and platform",
            "check the name and version, the Python version, and the index",
        ),
        Rule(
            "requires a different python",
            r"(?P<what>Package .{1,80} requires a different Python: .{1,100})",
            88,
            "{what}",
            "use another Python or another version of the package",
        ),
        Rule(
            "hashes",
            r"THESE PACKAGES DO NOT MATCH THE HASHES",
            88,
            "a downloaded file is not the one that was pinned",
            "renew the pins, or find out who changed the file",
            after=6,
        ),
        Rule(
            "is not a supported wheel",
            r"ERROR: (?P<what>\S{1,200}) is not a supported wheel on this platform",
            88,
            "{what} is for another Python or platform",
        ),
        Rule(
            "could not open requirements file",
            r"Could not open requirements file: (?P<what>.{1,200})",
            88,
            "the requirements file does not exist",
        ),
        Rule(
            "externally-managed-environment",
            r"error: externally-managed-environment",
            86,
            "the system's Python refuses pip",
            "make a virtual environment",
        ),
        Rule(
            "invalid requirement",
            r"ERROR: Invalid requirement: (?P<what>.{1,200})",
            87,
            "a requirement cannot be parsed: {what}",
        ),
        Rule("has inconsistent version", r"(?P<what>has inconsistent (?:version|name).{1,200})", 80, "{what}"),
        Rule(
            "backendunavailable",
            r"(?:BackendUnavailable|pip\._vendor\.pyproject_hooks\S*): (?P<what>.{1,200})",
            80,
            "the build back end is missing: {what}",
        ),
        *(
            Rule(
                "no such file or directory",
                rf"{shape}(?P<what>(?:[\w.+-]{{1,40}}-)?(?:gcc|g\+\+|cc|c\+\+|clang|clang\+\+|gfortran|nvcc|cmake|ninja|make|cargo|rustc|swig)(?:-[\d.]{{1,6}})?)'",
                91,
                "the program {what}, which the build needs, is not installed",
                "install {what}, or a version of the package with a wheel",
            )
            for shape in (r"error: command '", r"No such file or directory: '", r"unable to execute '")
        ),
        Rule(
            "error: command",
            r"^\s*error: command '?(?P<what>\S{1,200}?)'? failed",
            52,
            "a compiler run for a wheel failed",
        ),
        Rule(
            "microsoft visual c++",
            r"Microsoft Visual C\+\+ [\d.]+ or greater is required",
            86,
            "no C++ compiler is installed",
        ),
        Rule(
            "can't find rust compiler",
            r"can't find Rust compiler",
            86,
            "the package needs Rust to build",
            "install rustc and cargo, or a version with a wheel",
        ),
        Rule(
            "failed building ",
            r"Failed building (?:wheel|editable) for (?P<what>\S+)",
            40,
            "the wheel of {what} cannot be built",
        ),
        Rule("failed to build", r"ERROR: Failed to build (?:installable wheels|one or more|'?(?P<what>\S{1,100}))", 38),
        Rule("could not build wheels", r"ERROR: Could not build wheels for (?P<what>\S+)", 38),
        # pip's own reports: a name, then a sentence, its context and a hint.
        Rule(
            "error: ",
            r"^\s*error: (?P<what>(?!command\b)[a-z]{3,30}(?:-[a-z]{1,30}){1,7})$",
            85,
            "pip: {what}",
            after=6,
        ),
        Rule("subprocess-exited-with-error", r"error: subprocess-exited-with-error", 30),
        Rule("metadata-generation-failed", r"error: metadata-generation-failed", 31),
        Rule("did not run successfully", r"^\W{0,10}(?P<what>\w.{1,100}) did not run successfully", 32),
        Rule("failed-wheel-build-for-install", r"error: failed-wheel-build-for-install", 31),
        Rule("this error originates from a subprocess", r"note: This error originates from a subprocess", 8),
        Rule(
            "readtimeouterror",
            r"ReadTimeoutError: .{1,200}",
            74,
            "the package index did not answer in time",
            "try again",
            Kind.TRANSIENT,
        ),
        Rule(
            "dependency resolver does not currently",
            r"pip's dependency resolver does not currently take into account",
            30,
            after=2,
        ),
        Rule(
            "which is incompatible",
            r"(?<!\S)(?P<what>\S{1,80} \S{1,40} requires .{1,100}, but you have .{1,100} which is incompatible)",
            52,
            "{what}",
        ),
    ),
    _explains,
)
