"""CMake: configure errors, missing packages, presets; and CPack, CTest's own errors."""

from typing import Final

from sygaldry.diagnosis import Explanation, Family, Hit, Line, Rule, Window
from sygaldry.model.lazy_pattern import lazy_pattern

_WRAPPED: Final = lazy_pattern(r"^ {11,12}\S")  # the rest of a line that Spack wraps
_QUOTED: Final = lazy_pattern(r"^ {5}\d{1,6} {4}")  # its number of a line
_BODY: Final = 40  # lines of a message; between two of its lines may be blank ones
_PAGE: Final = 40  # lines above an empty error in which its reason is looked for
_STOPS: Final = ("Call Stack", "-- Configuring incomplete", "CMake Error", "-- Generating", "CMake Warning")


# What pkg-config printed for `pkg_check_modules`, whose own message names no package.
_MODULE: Final = lazy_pattern(r"^-- {1,4}(?:Package '[^']{1,100}', required by |No package '[^']{1,100}' found)")
_NAMELESS: Final = lazy_pattern(r"^A required package was not found\.?$")
# The test of a compiler quotes its output, in which the compiler says what is wrong.
_TESTED: Final = lazy_pattern(r"is not able to compile a simple test program")
_COMPILER_SAYS: Final = lazy_pattern(
    r"(?:^|[\s:])(?:fatal )?error: |cannot find |: not found$|undefined reference|command not found|No such file"
)
# A project's own error page: what went wrong stands above it, and the error of CMake is empty.
_PRINTED: Final = lazy_pattern(r"(?i)\b(?:fatal|internal|error|failed|failure)\b(?!\S*[./])")


def _explains(hit: Hit, window: Window) -> Explanation | None:
    """The message is indented below; a `Could NOT find` just above often names what it means."""
    if not hit.line.text.lstrip().startswith("CMake Error"):
        return Explanation((hit.line,))
    message = _message(hit, window)
    if not message and hit.line.text.rstrip().endswith("(message):"):
        return _printed_above(hit, window)
    near = window.lines[max(window.index - 3, 0) : window.index]
    missing = tuple(line for line in near if "Could NOT find" in line.text or _MODULE.match(line.text))[-1:]
    if any(_TESTED.search(line.text) for line in message):
        return _from_the_test(hit, window, message)
    says = " ".join(_QUOTED.sub("", line.text).strip() for line in message)[:160]
    if missing and _NAMELESS.match(says):
        says = f"{says.rstrip('.')}: {missing[0].text.strip(' -')}"
    return Explanation((*missing, hit.line, *message[:4]), says=f"CMake: {says}" if says else "")


def _from_the_test(hit: Hit, window: Window, message: list[Line]) -> Explanation:
    below = window.lines[window.index + 1 : window.index + _BODY]
    error = next((line for line in below if _COMPILER_SAYS.search(line.text)), None)
    says = f"CMake: the compiler cannot compile a test program: {error.text.strip()[:160]}" if error else ""
    shown = [error] if error else []
    return Explanation((hit.line, *message[:4], *shown), says=says)


def _message(hit: Hit, window: Window) -> list[Line]:
    """Return the lines below; inside another tool's frame they are indented as far as the error itself, and more."""
    margin = len(hit.line.text) - len(hit.line.text.lstrip())
    message: list[Line] = []
    for line in window.lines[window.index + 1 : window.index + _BODY]:
        if not message and _WRAPPED.match(line.text):
            continue
        text = _QUOTED.sub("", line.text)[margin:]
        if text.startswith(_STOPS) or (text.strip() and not text.startswith(("  ", "("))):
            break
        if text.strip() and not text.startswith("("):
            message.append(line)
    return message


def _printed_above(hit: Hit, window: Window) -> Explanation | None:
    above = [line for line in window.lines[max(window.index - _PAGE, 0) : window.index] if line.text.strip(" -=#")]
    first = next((at for at, line in enumerate(above) if _PRINTED.search(line.text)), None)
    if first is None:
        return Explanation((hit.line,))
    lines = above[first : first + 4]
    says = " ".join(line.text.strip() for line in lines[: 2 if lines[0].text.rstrip().endswith(":") else 1])
    return Explanation((*lines, hit.line), says=f"CMake: {says[:160]}")


FAMILY: Final = Family(
    "CMake",
    (
        Rule(
            "cmake error",
            r"CMake Error(?: at (?P<where>[^\s(]{1,200}:\d{1,6}))?.{0,80}:\s*$",
            82,
            "",
            "install what it names, or turn the option off",
        ),
        Rule("cmake error", r"^CMake Error at \S{20,300}$", 82, "CMake cannot configure"),
        # CMake puts the name of the command in the next line where the place is long.
        Rule("cmake error", r"CMake Error at (?P<where>[^\s(]{1,300}:\d{1,6})\s*$", 82, "CMake cannot configure"),
        Rule("cmake error", r"CMake Error(?: in (?P<where>\S{1,200}))?: ?(?P<what>.{0,300})", 80, "CMake: {what}"),
        Rule(
            "could not find a package configuration file",
            r"Could not find a package configuration file provided by \"(?P<what>[^\"]{1,100})",
            85,
            "CMake finds no package {what}",
            "install it, or set CMAKE_PREFIX_PATH or {what}_DIR",
        ),
        Rule(
            "could not find",
            r"^\s+Could NOT find (?P<what>\S{1,100}) \(missing",
            83,
            "CMake finds no {what}",
            "install it, or set CMAKE_PREFIX_PATH",
        ),
        Rule("could not find", r"-- Could NOT find (?P<what>\S{1,100})", 28),
        Rule("configuring incomplete", r"-- Configuring incomplete, errors occurred", 30),
        Rule(
            "does not match the generator used previously",
            r"Does not match the generator used previously: (?P<what>.{1,100})",
            86,
            "the build folder was configured with another CMake generator, {what}",
            "remove CMakeCache.txt and CMakeFiles, or use another build folder",
            before=1,
        ),
        Rule(
            "does not appear to contain cmakelists",
            r"The source directory .{0,200}",
            84,
            "there is no CMakeLists.txt in the source folder",
        ),
        Rule(
            "is required.  you are running",
            r"CMake (?P<what>\S+) or higher is required",
            88,
            "CMake is too old; {what} is needed",
            "pip install cmake, or a newer package",
        ),
        Rule(
            "is not able to compile a simple test program",
            r"is not able to compile a simple test program",
            76,
            "the compiler cannot compile even a test program",
        ),
    ),
    _explains,
)
