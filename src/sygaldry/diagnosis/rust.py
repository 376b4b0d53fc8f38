"""Rust: rustc, cargo, its tests, linking, clippy."""

import re
from typing import Final

from sygaldry.diagnosis import Explanation, Family, Hit, Kind, Line, Rule, Window

_BUILD_SCRIPT: Final = "failed to run custom build command"


def _explains(hit: Hit, window: Window) -> Explanation | None:
    """rustc: the message, its place, and the line it points at. A panic: its message below."""
    below = window.lines[window.index + 1 : window.index + 16]
    if "panicked at" in hit.line.text:
        details = [line for line in below[:4] if line.text.strip() and "RUST_BACKTRACE" not in line.text]
        return Explanation((hit.line, *details[:3]))
    if hit.rule.literal == _BUILD_SCRIPT:
        return Explanation((hit.line, *_standard_error(window)))
    place = next((line for line in below[:2] if line.text.strip().startswith("-->")), None)
    if place is None:
        causes = [
            line
            for line in below
            if re.match(
                r"\s*(?:Caused by:|\d+: |error: |failed to |the |this |no |required by|perhaps|package `|versions that|available features)",
                line.text,
            )
        ]
        return Explanation((hit.line, *causes[:4]))
    caret = next((line for line in below if re.match(r"\s*\|\s+.{0,160}\^", line.text)), None)
    return Explanation((hit.line, place, *((caret,) if caret else ())), where=place.text.strip().removeprefix("--> "))


def _standard_error(window: Window) -> list[Line]:
    """What a build script printed on its standard error, which cargo quotes last."""
    below = window.lines[window.index + 1 :]
    at = next((at for at, line in enumerate(below) if line.text.strip() == "--- stderr"), None)
    return [line for line in below[at + 1 if at is not None else 0 :] if line.text.strip()][:3]


FAMILY: Final = Family(
    "Rust",
    (
        Rule("error[e", r"^error\[(?P<code>E\d{4})\]: (?P<what>.{1,400})", 86, "{what} ({code})"),
        Rule("no matching package", r"(?P<what>no matching package (?:named )?.{1,200})", 86, "cargo: {what}", after=3),
        Rule(
            "failed to select a version",
            r"failed to select a version for (?:the requirement )?(?P<what>.{1,200})",
            86,
            "cargo finds no version that fits: {what}",
        ),
        Rule(
            "lock file",
            r"(?P<what>(?:the )?lock file .{1,200}needs to be updated but --locked.{0,60})",
            87,
            "Cargo.lock does not fit Cargo.toml",
            "cargo update, and commit the lock",
        ),
        Rule(
            "is not supported by the following package",
            r"(?P<what>rustc \S+ is not supported by the following packages?.{0,80})",
            88,
            "the Rust compiler is too old",
            "rustup update, or older versions of the packages",
            after=3,
        ),
        Rule(
            "requires rustc",
            r"(?P<what>requires rustc \S+.{0,200})",
            88,
            "the Rust compiler is too old",
            "rustup update",
        ),
        Rule(
            "linker `",
            r"error: linker `(?P<what>[^`]{1,100})` not found",
            91,
            "the linker {what} is not installed",
            "apt install build-essential",
        ),
        Rule("linking with", r"error: linking with `(?P<what>[^`]{1,100})` failed", 50, "the program does not link"),
        Rule(
            _BUILD_SCRIPT,
            r"failed to run custom build command for `(?P<what>[^`]{1,200})`",
            70,
            "the build script of {what} fails",
        ),
        Rule(
            "the compiler unexpectedly panicked",
            r"error: the compiler unexpectedly panicked",
            90,
            "rustc itself crashed",
        ),
        Rule(
            "could not find system library",
            r"[Cc]ould not find system library '(?P<what>[^']{1,100})'|The system library `(?P<library>[^`]{1,100})` required by crate",
            88,
            "a system library is missing",
            "install its development package",
            after=1,
        ),
        Rule(
            "could not find openssl",
            r"Could not find directory of OpenSSL installation",
            90,
            "OpenSSL's development files are missing",
            "apt install libssl-dev pkg-config",
        ),
        Rule(
            "panicked at",
            r"thread '(?P<where>[^']{1,160})'(?: \(\d+\))? panicked at (?P<what>.{1,300})",
            84,
            "{where} panicked",
        ),
        Rule("error: test failed", r"error: test failed, to rerun pass", 24),
        Rule("could not compile", r"error: could not compile `(?P<where>[^`]{1,100})`", 30),
        Rule("aborting due to", r"error: aborting due to (?:\d{1,6} )?previous errors?", 24),
        Rule("... failed", r"^test (?P<where>\S{1,200}) \.\.\. FAILED", 56, "the test {where} fails"),
        Rule("test result: failed", r"test result: FAILED", 26),
        Rule(
            "can't find crate for",
            r"can't find crate for `(?P<what>[^`]{1,80})`",
            86,
            "the crate {what} does not exist",
            "is the target installed (rustup target add)?",
        ),
        Rule(
            "toolchain '",
            r"error: toolchain '(?P<what>[^']{1,100})' is not installed",
            90,
            "the toolchain {what} is not installed",
        ),
        Rule(
            "is not installed for the toolchain",
            r"error: '?(?P<what>\S{1,60}?)'? is not installed for the toolchain",
            90,
            "{what} is not installed",
        ),
        Rule(
            "failed to get",
            r"error: failed to (?:get|fetch|download|load source|update|parse|read) (?P<what>.{1,300})",
            74,
            "cargo cannot get {what}",
            "",
            Kind.UNKNOWN,
        ),
        Rule(
            "no such command",
            r"error: no such (?:sub)?command: `(?P<what>[^`]{1,60})`",
            88,
            "cargo has no command {what}",
        ),
        Rule("error: ", r"^error: (?P<what>(?!subprocess-exited|metadata-gen|command ').{3,300})", 64, ""),
        Rule("diff in ", r"^Diff in (?P<where>\S{1,300})", 70, "{where} is not formatted", "cargo fmt", after=4),
    ),
    _explains,
    evidence=r"(?i)\bcargo\b|\brustc\b|\brustup\b|^\s+Compiling \S+ v\d|^error\[E\d{4}\]|\.rs\b|\bcrates?\b",
)
