"""Fortran: gfortran, flang, ifx."""

from typing import Final

from sygaldry.diagnosis import Explanation, Family, Hit, Rule, Window


def _explains(hit: Hit, window: Window) -> Explanation | None:
    """Gfortran prints the place four lines above its error."""
    above = [line for line in window.lines[max(window.index - 5, 0) : window.index] if line.text.strip()]
    place = next((line for line in reversed(above) if line.text.rstrip().endswith(":")), None)
    if place is None:
        return Explanation((hit.line,))
    return Explanation((place, *above[-2:-1], hit.line), where=place.text.strip().rstrip(":"))


FAMILY: Final = Family(
    "Fortran compilers",
    (
        Rule(
            "cannot open module file",
            r"Fatal Error: Cannot open module file [‘'`](?P<what>[^’']{1,100})",
            91,
            "the module {what} is not compiled yet or not on the path",
            "compile it first, or add its folder with -I",
        ),
        Rule("error: ", r"^(?:Fatal )?Error: (?P<what>.{4,300}(?: at \(\d\)).{0,200})", 84, ""),
        Rule(  # g77
            " at (",
            r"^(?P<what>[A-Z].{8,300} at \((?:\^|\d)\))(?: \[initially seen at \((?:\^|\d)\)\])?$",
            84,
            "",
        ),
        Rule("error #", r"^(?:ifort|ifx|icc|icx|icpc|icpx): error #\d{4,6}: (?P<what>.{1,300})", 84, ""),
        # Flang, PGI and the NVIDIA HPC compilers: W warns, S and F are errors.
        *(
            Rule(f"{tool}-", rf"\b{tool.upper()}-[SF]-\d{{4}}-(?P<what>.{{3,300}})", 85, "")
            for tool in ("f90", "pgf90", "pgftn", "nvfortran", "pgcc", "nvc++")
        ),
        Rule("compilation aborted", r"\bcompilation aborted\b", 32),
        Rule("command line error", r"^(?:ifort|ifx): command line error: (?P<what>.{1,300})", 72, ""),
        Rule("error #", r"\): error #\d+: (?P<what>.{1,300})", 84, ""),
        Rule(
            "fortran runtime error",
            r"Fortran runtime error: (?P<what>.{1,200})",
            86,
            "the program stopped: {what}",
            before=1,
        ),
        Rule("error stop", r"^ERROR STOP\b(?P<what>.{0,200})", 84, "the program stopped itself"),
    ),
    _explains,
)
