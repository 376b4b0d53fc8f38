"""C, C++ and Objective-C: gcc, clang, icx, MSVC."""

from typing import Final

from sygaldry.diagnosis import Explanation, Family, Hit, Kind, Rule, Window

_AT: Final = r"(?<![^\s:()])(?P<where>[^\s:()]{1,300}\.\w{1,5}[:(]\d{1,7}(?:[:,]\d{1,5})?)\)?: ?"
_HEADER: Final = "install the package that brings {what}, or add its folder with -I"


def _explains(hit: Hit, window: Window) -> Explanation | None:
    """Show the error with its source line, and the instantiation or include that led there."""
    below = [line for line in window.lines[window.index + 1 : window.index + 4] if _is_excerpt(line.text)]
    near = window.lines[max(window.index - 40, 0) : window.index]
    # An error inside a template comes from its use: the last of these lines is the caller's own.
    above = tuple(line for line in near if line.text.endswith(("required from here", "requested here")))[-1:]
    if above and any(line.text.startswith("make") or ": error:" in line.text for line in near[near.index(above[0]) :]):
        above = ()
    return Explanation((hit.line, *below[:2], *above))


def _is_excerpt(text: str) -> bool:
    """A quoted source line or a caret below it: `  12 |  code` or `     ^~~~`."""
    stripped = text.strip()
    return text[:1] == " " and ("|" in text[:10] or stripped[:1] in "^~")


FAMILY: Final = Family(
    "C and C++ compilers",
    (
        Rule(
            "no such file or directory",
            r"(?<![^\s:])(?P<where>[^\s:]{1,300}:\d{1,7}(?::\d{1,5})?): (?:fatal )?error: (?P<what>\S{1,200}): No such file",
            92,
            "{where} includes {what}, which does not exist",
            _HEADER,
        ),
        Rule(
            "file not found",
            r"(?<![^\s:])(?P<where>[^\s:]{1,300}:\d{1,7}(?::\d{1,5})?): fatal error: '(?P<what>[^']{1,200})' file not found",
            92,
            "{where} includes {what}, which does not exist",
            _HEADER,
        ),
        Rule("[-werror", _AT + r"error: .{1,400}\[-Werror", 84, "a warning counts as an error (-Werror) at {where}"),
        Rule(
            "static",
            _AT
            + r"error: (?:static assertion failed|static_assert\w{0,10})(?: due to requirement .{1,200})?: \"?(?P<what>.{3,200})",
            88,
            "a static assertion fails at {where}: {what}",
        ),
        Rule(
            "static",
            _AT + r"error: (?:static assertion failed|static_assert)",
            87,
            "a static assertion fails at {where}",
        ),
        Rule(
            "error: ", _AT + r"(?:fatal |internal compiler )?error: (?P<what>.{1,300})", 83, "{where} does not compile"
        ),
        # https://sourceware.org/binutils/docs/as/Errors.html
        Rule(
            "error: ",
            r"^(?P<where>[^\s:]{1,300}:\d{1,7}): Error: (?P<what>(?:no such instruction|junk at|bad |operand |invalid |unsupported "
            r"|unknown |unrecognized |too many |number of operands|ambiguous |expecting |selected processor|symbol |can't ).{1,200})",
            83,
            "the assembler stops at {where}: {what}",
        ),
        Rule("too many errors emitted", r"fatal error: too many errors emitted, stopping now", 34),
        # https://learn.microsoft.com/cpp/error-messages/compiler-errors-1/fatal-error-c1060: the text is translated.
        *(
            Rule(
                f"error {number}",
                rf"error {number.upper()}: .{{0,300}}",
                88,
                "the compiler ran out of memory",
                "build with fewer jobs, or enlarge the page file",
                Kind.RESOURCES,
            )
            for number in ("c1060", "c1076", "c1002", "c3859")
        ),
        Rule("error c", _AT + r"(?:fatal )?error C\d{4}: ", 83, "{where} does not compile"),
        Rule("error c", r"^(?:c1xx|c1|c2|cl)(?:\.exe)? ?: (?:fatal )?error C\d{4}: (?P<what>.{0,300})", 82, ""),
        Rule(
            "internal compiler error",
            r"internal compiler error: (?P<what>.{1,200})",
            86,
            "the compiler itself crashed",
            "try fewer jobs (memory), another compiler version or a lower -O",
        ),
        Rule(
            "killed signal terminated program",
            r"fatal error: Killed signal terminated program (?P<what>\S+)",
            93,
            "the compiler was killed, most likely out of memory",
            "build with fewer jobs (-j1) or more memory",
        ),
        Rule(
            "unrecognized command",
            r"error: unrecognized command[- ]line option (?P<what>\S+)",
            84,
            "the compiler does not know {what}",
        ),
        Rule(
            "trying to exec",
            r"error trying to exec [‘'\"`](?P<what>[^’'\"]{1,80})[’'\"]: execvp: (?P<why>.{1,100})",
            88,
            "the compiler cannot run its own part {what}: {why}",
            "install the compiler for this language, or repair its installation",
        ),
        Rule("unknown argument", r"error: unknown argument:? (?P<what>\S+)", 82, "the compiler does not know {what}"),
        Rule(
            "cannot execute",
            r"cannot execute [‘'\"`](?P<what>[^’'\"]{1,80})",
            85,
            "the compiler cannot run {what}",
            "install {what}",
        ),
        Rule("assembler messages", r"Assembler messages:", 78, "the assembler refuses the code", after=2),
    ),
    _explains,
)
