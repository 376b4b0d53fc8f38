"""Linkers: ld, gold, lld, mold, Apple's ld and MSVC's link."""

import re
from typing import Final

from sygaldry.diagnosis import Explanation, Family, Hit, Line, Rule, Window
from sygaldry.model.lazy_pattern import lazy_pattern

_LIBRARY: Final = "install the development package of {what}, or add its folder with -L"
_SYMBOL: Final = lazy_pattern(r"undefined reference to|undefined symbol|Undefined symbols")


def _explains(hit: Hit, window: Window) -> Explanation | None:
    """Show up to three different missing symbols: together they say which object or library is absent."""
    shown: list[Line] = [hit.line]
    if _SYMBOL.search(hit.line.text):
        seen = {_symbol(hit.line.text)}
        for line in window.lines[window.index + 1 : window.index + 40]:
            if not _SYMBOL.search(line.text) and '", referenced from' not in line.text:
                continue
            if (symbol := _symbol(line.text)) not in seen and len(shown) < 4:
                seen.add(symbol)
                shown.append(line)
    return Explanation(tuple(shown))


def _symbol(text: str) -> str:
    return re.split(r"undefined (?:reference to|symbol)", text)[-1]


FAMILY: Final = Family(
    "linkers",
    (
        Rule(
            "undefined reference",
            r"undefined reference to [`'‘\"](?P<what>.{1,200}?)['’\"]",
            86,
            "the program does not link: {what} is defined nowhere",
            "link the object or library that defines it, after those that use it",
        ),
        Rule(
            "undefined symbol",
            r"(?:error|ld\S*): undefined symbol: (?P<what>.{1,200})",
            86,
            "{what} is defined nowhere",
        ),
        Rule(
            "undefined symbols",
            r"Undefined symbols for architecture (?P<what>\S+):",
            85,
            "symbols are defined nowhere",
            after=2,
        ),
        Rule(
            "referenced from", r'^\s+"(?P<what>.{1,200})", referenced from:', 84, "{what} is defined nowhere", after=1
        ),
        Rule(
            "unresolved external",
            r"LNK20(?:01|19): unresolved external symbol (?P<what>.{1,200})",
            86,
            "{what} is defined nowhere",
        ),
        Rule(
            "cannot find -l",
            r"cannot find -l(?P<what>[\w.+-]{1,100})",
            90,
            "the linker cannot find lib{what}",
            "install the development package of lib{what}, or add its folder with -L",
        ),
        Rule(
            "unable to find library",
            r"unable to find library -l(?P<what>[\w.+-]{1,100})",
            90,
            "the linker cannot find lib{what}",
            _LIBRARY,
        ),
        Rule(
            "library not found for",
            r"library not found for -l(?P<what>[\w.+-]{1,100})",
            90,
            "the linker cannot find lib{what}",
            _LIBRARY,
        ),
        Rule(
            "library '", r"ld: library '(?P<what>[^']{1,100})' not found", 90, "the linker cannot find {what}", _LIBRARY
        ),
        Rule(
            "lnk1181", r"LNK1181: cannot open input file '(?P<what>[^']{1,200})'", 88, "the linker cannot open {what}"
        ),
        # The number is enough: the text is translated. https://learn.microsoft.com/cpp/error-messages/tool-errors
        Rule(
            "fatal error lnk11",
            r"(?<!\w)fatal error LNK11(?:04|81|07|12|49): (?P<what>.{1,300})",
            86,
            "the linker: {what}",
        ),
        Rule("fatal error lnk11", r"(?<!\w)fatal error LNK11(?:20|69): ", 34),
        Rule("error lnk", r"(?<!\w)(?:fatal )?error LNK\d{4}: (?P<what>.{1,300})", 78, "the linker: {what}"),
        Rule("framework not found", r"framework not found (?P<what>\S+)", 88, "the framework {what} is not there"),
        Rule(
            "multiple definition",
            r"multiple definition of [`'‘](?P<what>.{1,200}?)['’]",
            85,
            "{what} is defined more than once",
        ),
        Rule(
            "duplicate symbol",
            r"duplicate symbol:? '?(?P<what>.{1,200})",
            84,
            "a symbol is defined more than once",
            after=2,
        ),
        Rule(
            "recompile with -fpic",
            r"(?:relocation .{1,200} can not be used when making|requires dynamic \S{1,60} reloc).{1,300}"
            r"recompile with -fPI[CE]",
            88,
            "an object without -fPIC goes into a shared library",
            "compile it with -fPIC",
        ),
        Rule(
            "relocation truncated",
            r"relocation truncated to fit: .{1,200}",
            82,
            "the program is too large for its code model",
            "-mcmodel=medium or fewer architectures",
        ),
        Rule(
            "file in wrong format",
            r"(?<!\S)(?P<what>\S+): (?:file in wrong format|file format not recognized)",
            82,
            "{what} is for another architecture",
        ),
        Rule(
            "dso missing from command line",
            r"(?<!\S)(?P<what>\S+): error adding symbols: DSO missing from command line",
            87,
            "{what} is needed and not named on the link line",
            "add the library to the link line",
        ),
        Rule("final link failed", r"final link failed: (?P<what>.{1,100})", 72, "the link failed: {what}"),
        *(
            Rule(
                f"{name}: ",
                rf"\b{re.escape(name)}: (?:fatal )?(?:error: )?(?P<what>(?!warning|error: undefined symbol).{{3,300}})",
                66,
                "",
            )
            for name in ("ld", "ld.gold", "ld.bfd", "ld.lld")
        ),
        Rule("mold: ", r"\bmold: (?:error|fatal): (?P<what>.{3,200})", 80, ""),
        Rule("collect2", r"collect2: (?:fatal )?error: ld returned \d+ exit status", 34),
        Rule("linker command failed", r"linker command failed with exit code", 34),
    ),
    _explains,
)
