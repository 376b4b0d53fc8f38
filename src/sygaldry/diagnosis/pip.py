"""pip, setuptools, build back ends and wheels."""

from typing import Final

from sygaldry.diagnosis import Explanation, Family, Hit, Kind, Rule, Window
from sygaldry.diagnosis._build_output import message_of_back_end
from sygaldry.diagnosis._pip_conflict import conflict
from sygaldry.model.lazy_pattern import lazy_pattern

_RETRY: Final = lazy_pattern(
    r"Retrying \(Retry\(total=.{1,120}after connection broken by (?:.{1,160}? object at 0x\w{1,20}>: )?(?P<what>.{1,200}?)['\")]*: /"
)
_NO_VERSION: Final = "could not find a version that satisfies"
_NO_MATCH: Final = "No matching distribution found for"  # pip's next line
_IGNORED: Final = "Ignored the following versions that require a different python version: "
_WANTED: Final = lazy_pattern(
    r"satisfies the requirement (?P<name>[\w.-]{1,100})(?:\[[^\]]{1,100}\])?(?:==(?P<version>[\w.+!-]{1,60}))?"
)
_NEAR: Final = 12  # lines of retries above the report
_QUOTES: Final = frozenset({"of output]", "[stdout]", "[stderr]"})  # the head of what a build back end printed


def _explains(hit: Hit, window: Window) -> Explanation | None:
    """What a build back end printed may have no word of an error: a set-up script's own words say why it stopped."""
    if hit.rule.literal == "cannot install":
        return conflict(hit, window)
    if hit.rule.literal in _QUOTES:
        return message_of_back_end(window)
    if hit.rule.literal == _NO_VERSION:
        return _unreachable_index(hit, window) or _other_python(hit, window) or Explanation((hit.line,))
    return Explanation((hit.line,))


def _other_python(hit: Hit, window: Window) -> Explanation | None:
    """A version that exists for another Python only: pip lists those that it ignored above its report."""
    above = window.lines[max(window.index - _NEAR, 0) : window.index]
    ignored = next((line for line in reversed(above) if _IGNORED in line.text), None)
    wanted = _WANTED.search(hit.line.text)
    if ignored is None or wanted is None:
        return None
    entries = [each.strip() for each in ignored.text.partition(_IGNORED)[2].split(";")]
    if wanted["version"]:
        entries = [each for each in entries if each.startswith(f"{wanted['version']} ")]
    elif "(from versions: none)" not in hit.line.text:
        return None
    if not entries:
        return None
    says = f"{wanted['name']} {entries[-1]}, which this Python is not"
    return Explanation((hit.line, ignored), says=says)


def _unreachable_index(hit: Hit, window: Window) -> Explanation | None:
    """An index that did not answer has no versions: pip prints why among its retries."""
    if "(from versions: none)" not in hit.line.text:
        return None
    above = window.lines[max(window.index - _NEAR, 0) : window.index]
    retries = ((line, error) for line in reversed(above) if (error := _RETRY.search(line.text)))
    retry, error = next(retries, (None, None))
    if retry is None or error is None:
        return None
    next_line = [line for line in window.lines[window.index + 1 : window.index + 2] if _NO_MATCH in line.text]
    return Explanation(
        (retry, hit.line, *next_line),
        says=f"the {'proxy' if 'ProxyError(' in retry.text else 'package index'} cannot be reached: {error['what']}",
        remedy="check the network, the proxy and the address of the index",
    )


FAMILY: Final = Family(
    "pip",
    (
        *(Rule(word, rf"^\W{{0,12}}(?:\d{{1,6}} lines? )?{word.strip('[]')}\]$", 50) for word in sorted(_QUOTES)),
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
            _NO_VERSION,
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
        Rule(
            "created no files",
            r"(?:WARNING|[Ww]arning): Legacy build of wheel for '(?P<what>[^']{1,100})' created no files",
            84,
            "the set-up script of {what} built nothing and reported no error",
            "run it with --verbose",
        ),
        Rule("could not build wheels", r"ERROR: Could not build wheels for (?P<what>\S+)", 38),
        Rule(  # Cython
            ".p",
            r"^\s{0,12}(?P<where>[^\s:]{1,300}\.p(?:yx|xd|xi):\d{1,7}:\d{1,5}): (?!(?i:warning|performance|note)\b)(?P<what>\S.{3,300})",
            90,
            "Cython: {what}",
        ),
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
        Rule("legacy-install-failure", r"error: legacy-install-failure", 31),
        Rule("did not run successfully", r"^\W{0,10}(?P<what>\w.{1,100}) did not run successfully", 32),
        Rule(
            "encountered error while", r"^\W{0,4}Encountered error while (?:generating package|trying to install)", 32
        ),
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
        Rule(  # pip check
            "which is not installed",
            r"^(?P<what>\S{1,80} \S{1,40} requires \S{1,100}, which is not installed)",
            70,
            "{what}",
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
