"""OCaml, dune and opam, and Coq, which prints alike."""

from typing import Final

from sygaldry.diagnosis import Explanation, Family, Hit, Rule, Window

_ELSEWHERE: Final = 60  # the weight of a message that another tool printed


def _explains(hit: Hit, window: Window) -> Explanation | None:
    """OCaml prints the place of an error in the lines above it; without one, another tool printed the message."""
    before = window.lines[max(window.index - hit.rule.before, 0) : window.index]
    after = window.lines[window.index + 1 : window.index + 1 + hit.rule.after]
    own = hit.rule.literal != "error: " or any(line.text.startswith('File "') for line in before)
    if not own:
        return Explanation((hit.line,), weight=_ELSEWHERE)
    return Explanation(tuple(line for line in (*before, hit.line, *after) if line.text.strip()))


FAMILY: Final = Family(
    "OCaml",
    (
        Rule(
            "error: ",
            r"^Error: (?P<what>(?:Unbound|This |Signature|Syntax|Library|No implementations|The |Some |Multiple|Cannot|Required|Don't know).{1,300})",
            84,
            "{what}",
            before=3,
        ),
        Rule(
            "error (alert",
            r"^Error \((?:alert|warning) .{1,60}\): (?P<what>.{1,300})",
            84,
            "a warning counts as an error: {what}",
            before=3,
        ),
        Rule(
            'library "',
            r"Error: Library \"(?P<what>[^\"]{1,100})\" not found",
            88,
            "the library {what} is not installed",
            "opam install {what}",
            before=3,
        ),
        Rule(
            "[error]",
            r"^\[ERROR\] (?P<what>(?:The compilation of|Package conflict|No package|The sources of|Sorry).{1,250})",
            76,
            "opam: {what}",
            after=4,
        ),
        Rule("missing dependency", r"- (?P<what>\S.{0,80}→.{1,200})", 70, "opam finds no versions that fit together"),
        Rule(
            "fatal error: exception", r"Fatal error: exception (?P<what>.{1,300})", 84, "an uncaught exception: {what}"
        ),
    ),
    _explains,
    evidence=r'\bdune\b|\bocaml|\bopam\b|\.mli?\b|^File "',
)
