"""CMake: configure errors, missing packages, presets; and CPack, CTest's own errors."""

from typing import Final

from sygaldry.diagnosis import Explanation, Family, Hit, Rule, Window

_STOPS: Final = ("Call Stack", "-- Configuring incomplete", "CMake Error", "-- Generating", "CMake Warning")


def _explains(hit: Hit, window: Window) -> Explanation | None:
    """The message is indented below; a `Could NOT find` just above often names what it means."""
    if not hit.line.text.lstrip().startswith("CMake Error"):
        return Explanation((hit.line,))
    message = []
    for line in window.lines[window.index + 1 : window.index + 16]:
        if line.text.startswith(_STOPS) or (line.text and not line.text.startswith("  ")):
            break
        if line.text.strip():
            message.append(line)
    near = window.lines[max(window.index - 3, 0) : window.index]
    missing = tuple(line for line in near if "Could NOT find" in line.text)[-1:]
    says = " ".join(line.text.strip() for line in message)[:160]
    return Explanation((*missing, hit.line, *message[:4]), says=f"CMake: {says}" if says else "")


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
