"""Raw bytes of a log -> the text a person would have seen, and its template."""

import re
from typing import Final
from zlib import crc32

from sygaldry.explain.printed_objects import without_fields
from sygaldry.model.lazy_pattern import lazy_pattern

CLIP: Final = 1200  # bytes of one line that are looked at: its two ends
SHOWN: Final = 400  # characters of one line that are ever shown

# One pass over a clipped line; every alternative starts with a control character and is bounded.
_ESCAPE: Final = lazy_pattern(
    r"\x1b\[[0-9;:?<=>]{0,40}[ -/]{0,4}[@-~]|\x1b[\]PX^_][^\x07\x1b]{0,300}(?:\x07|\x1b\\|$)|\x1b[@-_ -/]?"
    r"|[\x00-\x08\x0b-\x1f\x7f]"
)
_CARET: Final = lazy_pattern(r"\^\[\[[0-9;]{0,20}m")  # an escape sequence as `cat -v` prints it
# Bidirectional and invisible characters change how a terminal shows a line: they are printed as code points.
_HARMLESS: Final = lazy_pattern(
    r"[\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufff9-\ufffb\x80-\x9f\U000e0000-\U000e007f]|(?<=.)\ufeff"
)
# What a CI system puts before every line: a column of names, a time. Order: outermost first.
_STAMP: Final = lazy_pattern(
    r"(?:\ufeff)?"
    r"(?:\w[\w .()/-]{0,79}\t\w[\w .()/-]{0,79}\t|[^\t\n]{1,100}\t[^\t\n]{1,100}\t(?=[^\x00-\x7f]{0,4}\d{4}-\d\d-\d\dT))?"  # gh run view: job, step
    r"(?:[^\x00-\x7f]{1,4}(?=\d{4}-\d\d-\d\dT))?"  # a byte order mark, as a terminal with another encoding saved it
    r"(?:\[?\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z| ?[+-]\d\d:?\d\d)?\]?:?(?: |$))?"
    r"(?:\[?\d\d:\d\d:\d\d(?:[.,]\d{1,6})?\]?(?:[EWFi ]?:\s{1,3}| {1,2})(?:\[Step \d{1,3}/\d{1,3}\] )?)?"  # Jenkins, TeamCity
)
# What a container engine or a launcher of several processes puts before every line, after the stamp.
_LABEL: Final = lazy_pattern(
    r"(?:\d\d[OE]\+? )?"  # GitLab: stream
    r"(?:#\d{1,4} \d{1,6}\.\d{1,4} |\d{1,5}\.\d{3} (?! ?(?:\d+\.\d|m?s\b|sec|min|%|[kMGT]i?B\b|total\b|user\b)))?"  # BuildKit: vertex, seconds
    r"(?:\[(?:rank\d{1,6}|\d{1,6}|[\w.-]{1,40}:\d{1,6}|\d{1,6},\d{1,6})\](?:<std(?:err|out)>)?: ?|\[[\w-]{1,40}:\d{1,4}\](?=[A-Z ]))?"  # torchrun, mpirun
    r"(?:\(\w[\w.]{0,60} pid=\d{1,8}(?:, ip=[\d.]{7,15})?\) )?"  # Ray and what runs on it
    r"(?:(?:ERROR|INFO|WARNING) \d\d-\d\d \d\d:\d\d:\d\d [^\]]{1,60}:\d{1,5}\] )?"
    r"(?:\[(?:err|stderr|std|out|stdout)\] ?)?"
    r"(?: {0,8}[━╸╺]{8,80} .{1,60}? eta [\d-]:[\d-]{2}:[\d-]{2}(?=\D))?"  # pip's progress, which did not end its line
    r"(?:[A-Za-z][\w.-]{0,40}[_-]\d{1,4} {1,12}\| )?"  # compose
    r"(?:\[pod/[\w.-]{1,120}(?:/[\w.-]{1,80})?\] )?"  # kubectl logs --prefix
    r"(?: {2}>> \d{1,7} {4})?"  # Spack, quoting a package's own log
    r"(?:(?:@[\w.-]{1,40}/)?[\w.-]{1,40}:(?:build|check|compile|deploy|dev|format|lint|test|type-?check|check-types)(?::[\w-]{1,20})?: )?"  # Turborepo
    r"(?:##\[error\])?"
    r"(?:\d{1,6} error (?=\S))?"  # npm's debug log
)
_SPACK_STAMP: Final = lazy_pattern(
    r"(?<=^==> )\[\d{4}-\d\d-\d\d-\d\d:\d\d:\d\d\.\d{1,6}\] "
)  # spack --debug, or --timestamp
_DEEP_PATH: Final = lazy_pattern(
    r"(?<![\w.…])(?:/?(?:[^\s/:'\"(),]{1,80}/){5,40}|(?:[A-Za-z]:)?\\?(?:[^\s\\/:'\"(),]{1,80}\\){5,40})"
)
_LINK: Final = lazy_pattern(r"(?<=\w[.!?)])\s{1,4}\(?https?://\S{1,300}$")  # to a manual, at the end of a message
_RULER: Final = lazy_pattern(r"^\s*([-=*_#+])\1{2,400}\s*$")
_VARIABLE: Final = lazy_pattern(r"0x[0-9a-fA-F]+|\b[0-9a-f]{8,64}\b|\d+")


def clipped(raw: bytes) -> bytes:
    """Keep both ends of a long line."""
    return raw if len(raw) <= CLIP else raw[: CLIP // 2] + b" ... " + raw[-CLIP // 2 :]


def clean(raw: bytes) -> str:
    """Show a line as its tool meant it: no escapes, the last overwrite, no stamp or label before it."""
    return unlabelled(unstamped(raw)).rstrip()


def unlabelled(text: str) -> str:
    """Show a line that has no stamp without the label of its stream."""
    return _LABEL.sub("", text, count=1)


def unstamped(raw: bytes) -> str:
    """Show a line without escapes and times, but with the labels and markers that sections are read from."""
    text = clipped(last_overwrite(raw) if b"\r" in raw else raw).decode("utf-8", "replace")
    if "^[[" in text:
        text = _CARET.sub("", text)
    if not text.isprintable():
        text = _ESCAPE.sub("", text)
        if not text.isprintable():
            text = _HARMLESS.sub(_visible, text)
    if text.startswith("==> ["):
        return _SPACK_STAMP.sub("", text, count=1)
    return _STAMP.sub("", text, count=1)


def printable(text: str) -> str:
    """Show a name that another program chose on one line, without escapes and invisible characters."""
    text = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")  # a file's name may be any bytes
    text = _ESCAPE.sub("", text.replace("\n", " ").replace("\t", " "))
    return shorten(_HARMLESS.sub(_visible, text), 200)


def _visible(match: re.Match[str]) -> str:
    return f"<U+{ord(match[0]):04X}>"


def shorten(text: str, most: int = SHOWN) -> str:
    """Leave out the first folders of long paths, the fields of objects, then the middle: the end often names the cause."""
    if len(text) > most:
        text = _LINK.sub("", text)
        text = without_fields(_DEEP_PATH.sub(_end_of_path, text), most)
    if len(text) <= most:
        return text
    end = most // 3
    return f"{text[: most - end - 3].rstrip()} … {text[-end:].lstrip()}"


def _end_of_path(match: re.Match[str]) -> str:
    separator = match[0][-1]
    return "…" + separator + separator.join(match[0].rstrip(separator).split(separator)[-2:]) + separator


def is_ruler(text: str) -> bool:
    """Return whether a line only separates others."""
    return _RULER.match(text) is not None


def last_overwrite(raw: bytes) -> bytes:
    """Return what the last carriage return left standing."""
    raw = raw.rstrip(b"\r\n \t")
    return raw[raw.rfind(b"\r") + 1 :]


def template(text: str) -> int:
    """Number the shape of a line: equal for lines that differ only in numbers and hashes."""
    return crc32(_VARIABLE.sub("#", text.strip()[:200]).encode("utf-8", "replace"))
