"""Missing programs and shared libraries, reported by any tool."""

from typing import Final

from sygaldry.diagnosis import Family, Rule

_INSTALL: Final = "install {what}, or put its folder on PATH"

FAMILY: Final = Family(
    "missing programs and libraries",
    (
        Rule(
            "required file not found",
            r"(?<!\S)(?P<what>\S{1,200}): cannot execute: required file not found",
            90,
            "the interpreter named in the first line of {what} does not exist",
            "head -1 {what}; install it, or correct the #! line",
        ),
        Rule(
            "command not found",
            r"(?:^|[:\s])(?P<what>[\w./+-]{1,100}): command not found",
            86,
            "{what} is not installed",
            _INSTALL,
        ),
        Rule(
            "command not found",
            r"command not found: (?P<what>[\w./+-]{1,100})",
            86,
            "{what} is not installed",
            _INSTALL,
        ),
        Rule(
            ": not found",
            r"(?:sh|/bin/sh|dash|bash|/[\w/.-]{1,80}): (?:line )?\d+: (?P<what>[\w./+-]{1,100}): not found",
            86,
            "{what} is not installed",
            _INSTALL,
        ),
        Rule(
            "executable file not found",
            r"exec: \"?(?P<what>[^\"\s]{1,100})\"?: executable file not found in \$?PATH",
            87,
            "{what} is not installed",
            _INSTALL,
        ),
        Rule(
            "is not recognized as",
            r"'(?P<what>[^']{1,100})' is not recognized as an internal or external command",
            87,
            "{what} is not installed",
            _INSTALL,
        ),
        Rule(
            "error while loading shared libraries",
            r"error while loading shared libraries: (?P<what>[^:\s]{1,100}): ",
            90,
            "the shared library {what} is not found",
            "install it, or set LD_LIBRARY_PATH",
        ),
        Rule(
            "cannot open shared object file",
            r"(?<![\w.+-])(?P<what>[\w.+-]{1,100}\.so[\w.]{0,20}): cannot open shared object file",
            88,
            "the shared library {what} is not found",
            "install it, or set LD_LIBRARY_PATH",
        ),
        Rule(
            "library not loaded",
            r"Library not loaded: (?P<what>\S{1,200})",
            88,
            "the shared library {what} is not found",
        ),
        Rule(
            "not found (required by",
            r"version [`'](?P<what>[\w.]{1,40})' not found \(required by (?P<where>[^)]{1,200})\)",
            90,
            "{where} needs {what}: it was built against a newer library",
            "build it here, or take a newer system",
        ),
        Rule(
            "cannot execute binary file",
            r"(?<!\S)(?P<what>\S{1,200}): cannot execute binary file",
            89,
            "{what} is for another architecture",
        ),
        Rule(
            "exec format error",
            r"[Ee]xec format error",
            89,
            "a program is for another architecture, or a script lacks its #! line",
        ),
        Rule(
            "bad interpreter",
            r"(?<!\S)(?P<where>\S{1,200}): (?P<what>\S{1,100}): bad interpreter",
            90,
            "{where} needs {what}, which does not exist",
            "install it, or correct the #! line (CRLF?)",
        ),
        Rule(
            "no such file or directory",
            r"/usr/bin/env: [‘'`]?(?P<what>[^’':]{1,80})[’']?: No such file",
            88,
            "{what} is not installed",
            _INSTALL,
        ),
        Rule("enoent", r"spawn (?P<what>\S{1,100}) ENOENT", 82, "{what} is not installed", _INSTALL),
        Rule(
            "is required to build",
            r"(?<![\w.+-])(?P<what>[\w.+-]{1,60}) is required to build",
            66,
            "{what} is not installed",
        ),
        Rule(
            "could not find executable",
            r"[Cc]ould not find (?:the )?(?:executable|program|command|binary) [\"'`]?(?P<what>[^\"'`\s]{1,80})",
            80,
            "{what} is not installed",
            _INSTALL,
        ),
    ),
)
