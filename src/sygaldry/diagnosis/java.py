"""The JVM: exceptions with their causes, class paths, versions."""

import re
from itertools import dropwhile
from typing import Final

from sygaldry.diagnosis import Explanation, Family, Hit, Kind, Line, Rule, Window
from sygaldry.model.lazy_pattern import lazy_pattern

_OWN: Final = lazy_pattern(
    r"^\s+at (?!java\.|javax\.|jdk\.|sun\.|org\.junit|org\.gradle|org\.apache\.maven|kotlin\.)\S{1,200}\((?P<where>[\w$]+\.\w+:\d+)\)"
)
_ERROR: Final = lazy_pattern(r"^(?:error|Error|ERROR)\b")
_CAUSED: Final = lazy_pattern(r"^\s*(?:\[\w+\] )?Caused by: ")


def _explains(hit: Hit, window: Window) -> Explanation | None:
    """The innermost reason is the last `Caused by`; the place is the first frame that is not the platform's."""
    if hit.rule.after:
        below = window.lines[window.index + 1 : window.index + 1 + hit.rule.after]
        return Explanation(
            (hit.line, *(line for line in below if line.text.strip(" *") and line.text != "Description:"))
        )
    root, where = hit.line, ""
    for line in window.lines[window.index + 1 : window.index + 160]:
        stripped = line.text
        if _CAUSED.match(stripped):
            root, where = line, ""
        elif not where and (found := _OWN.match(stripped)):
            where = found["where"]
        elif not stripped.strip() or not re.match(r"\s*(?:at |\.\.\. |\[ERROR\]|Caused|Suppressed)", stripped):
            break
    head = _head(window) if root is hit.line else hit.line
    return Explanation((root,) if head is None else (root, head), where=where)


def _head(window: Window) -> Line | None:
    """The error that a list of causes without frames stands below."""
    above = dropwhile(lambda line: _CAUSED.match(line.text), reversed(window.lines[: window.index]))
    head = next(above, None)
    named = head is not None and _CAUSED.match(window.lines[window.index].text) and _ERROR.match(head.text)
    return head if named else None


FAMILY: Final = Family(
    "Java",
    (
        Rule(
            "unsupportedclassversionerror",
            r"UnsupportedClassVersionError: (?P<what>.{1,300})",
            88,
            "the class is for a newer Java",
            "use a newer JDK",
        ),
        Rule(
            "unsupported class file major version",
            r"Unsupported class file major version (?P<what>\d+)",
            88,
            "this tool does not know so new a Java",
            "use an older JDK, or a newer tool",
        ),
        Rule(
            "invalid target release",
            r"(?P<what>(?:invalid|unrecognized) (?:target|source) release: \S+|release version \S+ not supported|Source option \S+ is no longer supported.{0,60})",
            88,
            "the JDK does not fit: {what}",
            "use the JDK the project is for",
        ),
        Rule(
            "application failed to start",
            r"^APPLICATION FAILED TO START",
            88,
            "the application does not start",
            after=9,
        ),
        Rule("java_home", r"(?P<what>(?:ERROR: )?JAVA_HOME .{1,160})", 78, "{what}"),
        Rule(
            "could not reserve enough space",
            r"Could not reserve enough space for (?P<what>.{1,100})",
            88,
            "the JVM gets too little memory",
            "lower -Xmx",
            Kind.RESOURCES,
        ),
        Rule(
            "outofmemoryerror",
            r"(?:java\.lang\.|^|[\s:])OutOfMemoryError: (?P<what>.{1,100})",
            90,
            "the JVM ran out of memory: {what}",
            "raise -Xmx",
            Kind.RESOURCES,
        ),
        Rule(
            "noclassdeffounderror",
            r"NoClassDefFoundError: (?P<what>.{1,200})",
            84,
            "the class {what} is missing at run time",
        ),
        Rule(
            "classnotfoundexception",
            r"ClassNotFoundException: (?P<what>.{1,200})",
            84,
            "the class {what} is missing at run time",
        ),
        Rule(
            "could not find or load main class",
            r"Could not find or load main class (?P<what>\S+)",
            88,
            "the main class {what} does not exist",
        ),
        Rule("exception in thread", r"Exception in thread \"(?P<where>[^\"]{1,80})\" (?P<what>.{1,300})", 82, ""),
        Rule("caused by: ", r"^\s*(?:\[\w+\] )?Caused by: (?P<what>.{1,300})", 76, ""),
        Rule(
            "exception",
            r"^(?:\[\w+\] )?\s{0,4}(?:[a-z]\w{0,40}\.){1,8}[A-Z]\w{1,80}(?:Exception|Error|Failure|Failed)\b(?:: (?P<what>.{1,300}))?",
            77,
            "",
        ),
        Rule(
            "error: ",
            r"^(?:\[ERROR\] )?\s{0,4}(?:[a-z]\w{0,40}\.){1,8}[A-Z]\w{1,80}Error\b(?:: (?P<what>.{1,300}))?",
            77,
            "",
        ),
        Rule(
            "a fatal error has been detected by the java",
            r"A fatal error has been detected by the Java Runtime",
            84,
            "the JVM crashed",
            "hs_err_pid*.log shows where",
            after=4,
        ),
    ),
    _explains,
    evidence=r"(?i)^\s+at [\w.$/]+\(|\.(?:java|kt|scala|groovy)\b|\bjava\b|\bjdk\b|gradle|maven|\bjvm\b|in thread \"",
)
