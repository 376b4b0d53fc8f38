"""OCaml, dune and opam, and Coq, which prints alike."""

from typing import Final

from sygaldry.diagnosis import Family, Rule

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
)
