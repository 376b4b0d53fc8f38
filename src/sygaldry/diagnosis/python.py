"""Python tracebacks: chained, in subprocesses, in worker processes; syntax and import errors."""

from collections.abc import Sequence
from typing import Final

from sygaldry.diagnosis import Explanation, Family, Hit, Kind, Line, Rule, Window
from sygaldry.diagnosis._captured_output import unittest_error
from sygaldry.diagnosis._chained_sentence import chained_sentence
from sygaldry.diagnosis._exception_messages import (
    announced_error,
    in_one_line,
    is_bare,
    reason_of_vague,
    rest_of_message,
    without_request,
)
from sygaldry.diagnosis._tracebacks import FRAME, SMALL_NAME, chain, newest
from sygaldry.diagnosis._warnings_above import missed_above, warning_above
from sygaldry.diagnosis._wrappers import WRAPPED, is_wrapper
from sygaldry.model.lazy_pattern import lazy_pattern

_LIBRARY: Final = ("site-packages/", "dist-packages/", "/lib/python3", "<frozen ", "/lib64/python3")
_ANY_NAME: Final = ": "
_CAMEL: Final = r"(?:(?<=\.)[A-Z]\w{2,60}|[A-Z][a-z]{1,20}(?:[A-Z][a-z]{0,20}){1,6})"
_UNLIKELY: Final = 44  # the weight of such a line elsewhere
_QUOTED: Final = 160  # characters of a line in the sentence
_BELOWFRAME: Final = 3  # lines from a frame to its exception: the code, and a mark below it
_STATEMENT: Final = lazy_pattern(r"^\s+(?:assert|raise)\b|^\s+.{0,200}\b(?:next|get)\(")
_BARE_NAMES: Final = frozenset({"stopiteration", "queue.empty"})
_OF_JAVASCRIPT: Final = r"Unexpected |Invalid or unexpected |Cannot use import |missing \) after |Identifier '|The requested module |await is only |Illegal |Bad |.{1,160} (?:is not valid|in) JSON"
_SIMPLE: Final = r"^[\s|]{0,12}(?:E {1,8})?(?:[\w.]{1,80}\.)?"


def _explains(hit: Hit, window: Window) -> Explanation | None:
    """Go from the exception up through its chain to the first one raised, and to the caller's innermost frame."""
    if hit.rule.literal in {_ANY_NAME, *_BARE_NAMES} and not _is_below_a_frame(window):
        return Explanation((hit.line,), weight=_UNLIKELY)
    printed = unittest_error(window.lines, window.index)
    if printed is not None:
        says = f"{hit.line.text.strip()}; the test printed: {printed.text.strip()[:_QUOTED]}"
        return Explanation((printed, hit.line), says=says)
    tracebacks = chain(window.lines, newest(window.lines, window.index))
    if not tracebacks:
        return Explanation((hit.line,), weight=hit.rule.weight - 12 if hit.rule.literal == "error" else 0)
    start, root = tracebacks[-1]
    if is_wrapper(window.lines[root].text):
        where = _place(window.lines[start:root])
        weight = hit.rule.weight if is_wrapper(hit.line.text) else hit.rule.weight - WRAPPED
        return Explanation((window.lines[root],), where=where, weight=weight)
    return _from_the_chain(window, tracebacks)


def _from_the_chain(window: Window, tracebacks: Sequence[tuple[int, int]]) -> Explanation:
    """Show the exceptions of a chain, oldest first, with the messages around them. `tracebacks` is newest first."""
    lines = window.lines
    (_, last), (start, root) = tracebacks[0], tracebacks[-1]
    reason, rest = reason_of_vague(lines, last), rest_of_message(lines, root)
    raised = [lines[end] for _, end in reversed(tracebacks)]
    shown = [*_statement(lines, root), raised[0], *rest, *raised[1:][-3:]]
    shown += [line for line in reason if line not in shown]
    frames = [lines[begin:end] for begin, end in reversed(tracebacks)]
    where = next(filter(None, map(_own_place, frames)), "") or _place(frames[0])
    if (warning := warning_above(lines, start, root)) is not None:
        return Explanation((warning, *shown), says=warning.text.strip(), where=where)
    if (missed := missed_above(lines, start, root)) is not None:
        says = f"{raised[-1].text.strip()} (above it: {missed.text.strip()[:_QUOTED]})"
        return Explanation((missed, *shown), says=says, where=where)
    says = f"{without_request(lines[last].text)}: {in_one_line(reason)}" if reason else ""
    says = says or announced_error(lines[root].text, rest)
    if not says and window.index != root:
        says = chained_sentence(lines, tracebacks)
    return Explanation(tuple(shown), says=says, where=where)


def _is_below_a_frame(window: Window) -> bool:
    above = window.lines[max(window.index - _BELOWFRAME, 0) : window.index]
    return any(FRAME.match(line.text) for line in above) and not FRAME.match(window.lines[window.index].text)


def _statement(lines: Sequence[Line], index: int) -> list[Line]:
    """An exception without a message is explained by the statement that raised it."""
    if not is_bare(lines[index].text):
        return []
    above = lines[max(index - _BELOWFRAME, 0) : index]
    return [line for line in above if _STATEMENT.match(line.text)][-1:]


def _own_place(lines: Sequence[Line]) -> str:
    """The innermost frame of the caller's own code."""
    return _place([line for line in lines if not any(part in line.text for part in _LIBRARY)])


def _place(lines: Sequence[Line]) -> str:
    frames = [found for line in lines if (found := FRAME.match(line.text))]
    for frame in frames[-1:]:
        return f"{frame['file']}:{frame['line']}" + (f" in {frame['name']}" if frame["name"] else "")
    return ""


FAMILY: Final = Family(
    "Python",
    (
        Rule(
            "no module named",
            _SIMPLE + r"(?:ModuleNotFoundError|ImportError): No module named '?(?P<what>[\w.]{1,100})",
            88,
            "the Python module {what} is not installed",
            "install it into this environment (pip install, or add it to the requirements)",
        ),
        Rule(
            "cannot import name",
            _SIMPLE + r"ImportError: cannot import name '(?P<what>[^']{1,100})' from (?P<where>.{1,200})",
            87,
            "{what} is not in that module: another version is installed, or the import is circular",
        ),
        Rule(
            "multiarray failed to import",
            r"ImportError: (?P<what>numpy\.\S{1,40}multiarray failed to import)",
            88,
            "a module was built for another NumPy than the one that is installed: {what}",
            "install versions that fit together, or build the module again",
        ),
        Rule("importerror", _SIMPLE + r"ImportError: (?P<what>.{1,300})", 85, "an import fails: {what}"),
        Rule(
            "can't open file",
            r"python[\d.]*(?:\.exe)?: can't open file '?(?P<what>[^':]{1,300})'?: ",
            88,
            "Python cannot open the program {what}",
            "check the path and the working directory of the job",
        ),
        Rule(
            "no module named",
            r"python[\d.]*(?:\.exe)?: No module named '?(?P<what>[\w.-]{1,100})",
            87,
            "the Python module {what} is not installed",
            "install it into this environment",
        ),
        Rule(
            "unable to allocate",
            r"(?:MemoryError|_ArrayMemoryError): (?P<what>Unable to allocate .{1,200})",
            90,
            "out of memory: {what}",
            "smaller batches, or a higher limit",
            Kind.RESOURCES,
        ),
        Rule(
            "memoryerror",
            r"^\W*(?:[\w.]+\.)?\w*MemoryError\b",
            86,
            "out of memory",
            "smaller batches, or a higher limit",
            Kind.RESOURCES,
        ),
        Rule(
            "syntaxerror",
            rf"(?:SyntaxError|IndentationError|TabError): (?P<what>(?!{_OF_JAVASCRIPT}).{{1,200}})",
            87,
            "Python cannot parse a file: {what}",
            before=3,
        ),
        Rule(
            "permissionerror",
            r"PermissionError: (?P<what>.{1,300})",
            86,
            "not permitted: {what}",
            "check who owns it and who runs this",
        ),
        Rule("filenotfounderror", r"FileNotFoundError: (?P<what>.{1,300})", 85, "a file is missing: {what}"),
        Rule(
            "connectionrefusederror",
            r"ConnectionRefusedError: (?P<what>.{1,200})",
            84,
            "connection refused: no server listens at that address: {what}",
            "start the service, check host and port",
            Kind.TRANSIENT,
        ),
        Rule(
            "brokenprocesspool",
            r"BrokenProcessPool: (?P<what>.{1,200})",
            74,
            "a worker process died suddenly, often out of memory",
            "look for the worker's own message; fewer workers",
            Kind.RESOURCES,
        ),
        Rule(
            "calledprocesserror",
            r"CalledProcessError: Command (?P<what>.{1,200}) (?:returned|died)",
            58,
            "a program that Python started failed: {what}",
        ),
        Rule("keyboardinterrupt", r"^\W{0,12}KeyboardInterrupt\b", 60, "interrupted (Ctrl-C)"),
        Rule(
            "assertionerror",
            r"^[\s|]{0,12}(?:[\w.]+\.)?AssertionError\b(?:: (?P<what>.{1,300}))?",
            80,
            "an assertion fails",
        ),
        Rule(
            "error",
            r"^[\s|+]{0,12}(?:[\w.]{1,120}\.)?[A-Z]\w{0,80}(?:Error|Exception)(?:\[.{1,30}\])?: (?!\s*File \")(?P<what>.{1,300})",
            81,
            "",
        ),
        Rule("error", r"^(?:[\w]{1,80}\.){0,8}[A-Z]\w{0,80}(?:Error|Exception):?$", 76, ""),
        Rule(
            "error:", r"^\s{1,16}(?:[\w]{1,80}\.){0,8}[A-Z]\w{0,80}(?:Error|Exception):$", 74, ""
        ),  # quoted by pip or uv
        Rule(
            "fatal python error",
            r"Fatal Python error: (?P<what>.{1,200})",
            86,
            "the interpreter crashed: {what}",
            after=4,
        ),
        # An exception may have any name: it stands below the frames of its traceback.
        Rule(_ANY_NAME, rf"{_SIMPLE}(?:{_CAMEL}|{SMALL_NAME}): (?P<what>\S.{{2,300}})", 77, ""),
        # A log of JSON objects has a whole traceback in one string.
        Rule(
            "traceback (most recent",
            r"Traceback \(most recent call last\):?\\n"
            r'.*\\n(?P<what>(?:[\w.]{1,80}\.)?[A-Z]\w{1,60}(?:: (?:[^"\\]|\\[^n]){1,250})?)(?:\\n)?"',
            82,
            "{what}",
        ),
        *(
            Rule(word, r"^(?:\w{1,60}\.){0,4}(?:Stop(?:Async)?Iteration|Empty)$", 77, "")
            for word in sorted(_BARE_NAMES)
        ),
        Rule("cancellederror", r"^(?:[\w.]{1,60}\.)?CancelledError$", 37),
        Rule("systemexit: 15", r"^\W{0,12}SystemExit: 15$", 62, "ended by SIGTERM"),
        Rule("traceback (most recent", r"Traceback \(most recent call last\)(?!:?\\n)", 31),
        Rule("systemexit", r"^\W{0,12}SystemExit: \d{1,3}$", 44, "the program ended itself"),  # it has printed why
        Rule(
            "systemexit", r"^\W{0,12}SystemExit: (?!\d{1,3}$)(?P<what>.{1,200})", 70, "the program ended itself: {what}"
        ),
    ),
    _explains,
)
