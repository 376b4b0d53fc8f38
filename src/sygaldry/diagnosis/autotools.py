"""Autotools: configure, autoreconf, aclocal, automake, libtool, pkg-config."""

from typing import Final

from sygaldry.diagnosis import Explanation, Family, Hit, Rule, Window
from sygaldry.model.lazy_pattern import lazy_pattern

_VAGUE: Final = lazy_pattern(
    r"^(?i:cannot continue|can't continue|aborting|giving up|stopping|failed|see above|see (?:the )?\S{1,60}(?: \w{1,12})? for .{1,40})\W*$"
)
_WARNING: Final = lazy_pattern(r"(?:^|\.\.\. )configure: WARNING: (?P<what>.{1,300})")
_MISSES: Final = lazy_pattern(r"^checking .{3,200}\.\.\. ?(?:no|not found)$")
_ABOVE: Final = 6  # lines from a warning to the error that only ends the run
_CHECKS: Final = 3


def _explains(hit: Hit, window: Window) -> Explanation:
    """An error that only says that configure stops has its reason just above, in a warning or the last checks."""
    what = hit.match.groupdict().get("what") or ""
    above = window.lines[max(window.index - _ABOVE, 0) : window.index] if _VAGUE.match(what) else ()
    warnings = [(line, found["what"]) for line in above if (found := _WARNING.search(line.text))]
    if not warnings:
        missed = [line for line in above if _MISSES.match(line.text)][-_CHECKS:]
        says = f"configure stops: {'; '.join(line.text for line in missed)}; it says: {what}" if missed else ""
        return Explanation((*missed, hit.line), says=says)
    says = f"configure stops: {' '.join(text.strip() for _, text in warnings)}"
    return Explanation((*(line for line, _ in warnings), hit.line), says=says)


FAMILY: Final = Family(
    "autotools",
    (
        Rule(
            "configure: error:",
            r"(?<!\w)configure: error: (?P<what>.{1,300})",
            86,
            "configure stops: {what}",
            "install what it asks for; config.log shows the failed test",
            after=2,
        ),
        Rule("configure: error:", r"(?<!\w)configure: error:$", 84, "configure stops", after=4),
        Rule(
            "*** ",
            r"^\*{3} (?P<what>(?:Your|The|You|Could not|Unable|Cannot|No|Missing)\b.{8,200}|.{0,80}\b(?:too old|not found|is required|are required|missing)\b.{0,100})$",
            58,  # a configure script's own notice, which a probe may print too
            "{what}",
            after=2,
        ),
        Rule(
            "' is required",
            r"^(?:autoreconf|aclocal|automake|autoconf|autoheader): (?P<what>'.{1,300}' is required.{0,100})",
            86,
            "{what}",
        ),
        Rule(
            "error: in `",
            r"(?<!\w)configure: error: in [`'‘](?P<where>[^'’]{1,200})['’]:",
            84,
            "configure stops",
            "read config.log in {where}",
            after=2,
        ),
        Rule(
            "was not found in the pkg-config search path",
            r"Package (?P<what>\S+) was not found in the pkg-config search path",
            79,  # often a probe: what a set-up script raises below it weighs more
            "pkg-config cannot find {what}",
            "install its development package, or set PKG_CONFIG_PATH",
        ),
        Rule(
            "package requirements",
            r"Package requirements \((?P<what>[^)]{1,200})\) were not met",
            87,
            "pkg-config does not satisfy {what}",
            "install its development package, or set PKG_CONFIG_PATH",
            after=2,
        ),
        Rule(
            "required by 'virtual:world'",
            r"Package '(?P<what>[^']{1,100})', required by 'virtual:world', not found",
            45,
            "pkg-config cannot find {what}",
        ),
        Rule(
            "possibly undefined macro",
            r"error: possibly undefined macro: (?P<what>\S+)",
            86,
            "the macro {what} is missing: its m4 file is not installed",
            "install the package with its .m4 file (pkg-config, libtool, autoconf-archive)",
        ),
        Rule(
            "is missing on your system",
            r"WARNING: '(?P<what>[\w.-]{1,60})' is missing on your system",
            84,
            "{what} is not installed",
            "install {what}; or the files' dates make a rebuild look needed: touch them in order",
        ),
        Rule(
            "required file",
            r"error: required file '(?P<what>[^']{1,200})' not found",
            84,
            "automake misses {what}",
            "autoreconf -fi",
        ),
        Rule(
            "version mismatch",
            r"(?:libtool|automake|autoconf).{0,80}[Vv]ersion mismatch",
            82,
            "the generated files are of another autotools version",
            "autoreconf -fi",
        ),
        Rule(
            "newly created file is older",
            r"newly created file is older than distributed files",
            90,
            "a new file is older than the sources: the clock or a file's date is wrong",
            "set the clock, or touch the sources",
        ),
        Rule("autoreconf: ", r"autoreconf: (?:error: )?(?P<what>.{0,100}failed with exit status.{0,40})", 36),
        Rule("aclocal: error", r"aclocal: error: (?P<what>.{1,200})", 78, ""),
        Rule("libtool:   error", r"libtool:\s+error: (?P<what>.{1,200})", 80, "libtool: {what}"),
        Rule(
            "c compiler cannot create executables",
            r"C(?:\+\+)? compiler cannot create executables",
            90,
            "the compiler makes no executables: its flags or its libraries are wrong",
            "read the end of config.log",
        ),
        Rule(
            "no acceptable c compiler",
            r"no acceptable C(?:\+\+)? compiler found",
            92,
            "no C compiler is installed",
            "install gcc or set CC",
        ),
    ),
    _explains,
)
