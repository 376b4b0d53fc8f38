"""Any tool: lines shaped like an error, from any program. The last resort, so its weights are low."""

from itertools import takewhile
from typing import Final

from sygaldry.diagnosis import Explanation, Family, Hit, Line, Rule, Window
from sygaldry.diagnosis._false_alarms import is_false_alarm
from sygaldry.diagnosis._wrappers import is_wrapper
from sygaldry.model.lazy_pattern import lazy_pattern

_SHORT: Final = lazy_pattern(r"(?i)^\W*(?:fatal |build |test )?(?:errors?|failures?|failed|exception|fatal|fail)\W*$")
_ALARMING: Final = lazy_pattern(
    r"\b(?:[Ee]rror|ERROR|[Ff]ailed|FAILED|[Ff]ailure|[Cc]annot|[Cc]ould not|[Uu]nable|[Ii]nvalid|[Mm]issing)\b"
)
_LOCATED: Final = lazy_pattern(r"^[\w./@+-]{1,200}\.\w{1,8}:\d{1,7}:")
_MARK: Final = lazy_pattern(r"^\W{0,12}[❌🚨]")
_OWN_NAME: Final = ": "
_EPILOGUE: Final = lazy_pattern(
    r"(?i)^(?:g?make(?:\[\d+\])?: |ninja: |##\[|::|\[Pipeline\]|Finished: |ERROR: Job failed|The command |Exited with|Process completed"
    r"|Cleaning up|Post job|srun: error: |slurmstepd: |Error: (?:error )?building at STEP|\+ |\$ |exit status|make: leaving|\s*$"
    r"|Target //|INFO: |FAILED: Build did NOT|Use --(?:verbose_failures|sandbox_debug)|\d{10}\.\d{6,9}: src/main/tools/)"
)
_STEP_REPORT: Final = lazy_pattern(r"^(?:#\d{1,5} ERROR: .+|------)$")  # of BuildKit; the output is quoted below it
_PANEL: Final = lazy_pattern(r"^\s*╭─+ (?i:(?:\w{1,20} )?errors?) ─+")
_SIDE: Final = "│"
_PANEL_LINES: Final = 4
_LIST: Final = lazy_pattern(r"(?i)(?:errors?|failures?|problems?|following.{0,60})\s?:\s*$")


def _explains(hit: Hit, window: Window) -> Explanation | None:
    """A heading needs what it heads; a message may be continued by indented lines, or have begun above."""
    text = hit.line.text
    if hit.rule.literal == _OWN_NAME:
        return _last_message(hit, window)
    if _PANEL.match(text):
        return _panel(window)
    below = window.lines[window.index + 1 : window.index + 7]
    if _SHORT.match(text) or _LIST.search(text):
        details = [line for line in below if line.text.strip()]
        return Explanation((hit.line, *details[:3])) if details else None
    details = []
    indent = len(text) - len(text.lstrip())
    for line in below[:4]:
        stripped = line.text
        if not stripped.strip() or len(stripped) - len(stripped.lstrip()) <= indent:
            break
        details.append(line)
    if not details and _MARK.match(text):  # a script's own verdict, and what it says next
        details = [line for line in below[:3] if line.text.strip() and not _MARK.match(line.text)]
    return Explanation((*_started_above(window), hit.line, *details[:3]))


def _panel(window: Window) -> Explanation | None:
    """The text in a box, as Typer and rich-click print their errors."""
    inside = takewhile(lambda line: line.text.lstrip().startswith(_SIDE), window.lines[window.index + 1 :])
    lines = [line._replace(text=text) for line in inside if (text := line.text.strip(f" {_SIDE}"))]
    return Explanation(tuple(lines[:_PANEL_LINES]), says=" ".join(line.text for line in lines)) if lines else None


def _last_message(hit: Hit, window: Window) -> Explanation | None:
    """A line that begins with its program's name is a message if it is the last that the program printed."""
    printed = takewhile(lambda line: not _STEP_REPORT.match(line.text), window.lines[window.index + 1 :])
    below = (line.text for line in printed if line.text.strip())
    said_more = any(not (_EPILOGUE.search(text) or is_wrapper(text)) for text in below)
    return None if said_more else Explanation((hit.line,))


def _started_above(window: Window) -> tuple[Line, ...]:
    """Where the lines just above speak of a failure too, or point at places alike, it begins there."""
    above = window.lines[max(window.index - 5, 0) : window.index]
    pointed = bool(_LOCATED.match(window.lines[window.index].text))
    first = next((at for at, line in enumerate(above) if _is_alarming(line.text, pointed=pointed)), None)
    return () if first is None else tuple(line for line in above[first:] if line.text.strip())[:3]


def _is_alarming(text: str, *, pointed: bool) -> bool:
    if pointed:
        return bool(_LOCATED.match(text))
    return bool(_ALARMING.search(text)) and not is_false_alarm(text)


FAMILY: Final = Family(
    "any tool",
    (
        Rule(
            ": error",
            r"^(?P<where>[^\s:()\[\]]{1,300}[:(]\d{1,7}(?:[:,.-]\d{1,7})*\)?):? ?(?:fatal |syntax |type |compile )?(?i:error)\b.{0,10}: ?(?P<what>.{1,300})",
            76,
            "",
        ),
        Rule(
            "error",
            r"^(?P<where>[^\s:()\[\]]{1,300}[:(]\d{1,7}(?:[:,.-]\d{1,7})*\)?)[: -]{1,3}(?i:error)\b.{0,300}",
            72,
            "",
        ),
        Rule(  # the last of several attempts has the reason that what gives up leaves out
            "attempt ",
            r"^\W{0,8}(?i:attempt) #?(?P<last>\d{1,3}) ?(?:/|of) ?(?P=last)\b(?: failed)?[:\s-]{1,4}(?P<what>(?!\s*(?:failed|ok|succeeded|done)\b)\S.{3,300})",
            66,
            "",
        ),
        Rule("uncaught", r"(?i:uncaught|unhandled) .{0,40}(?i:error|exception|rejection).{0,300}", 70, ""),
        Rule("illegal option", r"(?i:illegal option) .{0,200}", 64, ""),
        Rule("error : ", r"^[\w/ .-]{0,40}\b(?i:error) : .{3,300}", 62, ""),
        Rule("fatal", r"^\W{0,4}(?i:fatal)(?: error)?\b[\]:!].{2,300}", 66, ""),
        Rule("fatal", r"\b(?:FATAL|CRITICAL|PANIC|EMERG)\b.{2,300}", 62, ""),
        Rule("error:", r"^\W{0,6}(?:[\w./@+-]{1,60}: ){0,3}(?:\w{1,20} ){0,2}(?i:error): ?(?P<what>.{3,400})", 62, ""),
        *(  # a log of JSON objects, with its keys in one order or the other
            Rule('"level', shape, 60, "{what}")
            for shape in (
                r'^\{.{0,300}"level(?:name)?": ?"(?i:error|critical|fatal)".{0,300}?"(?:msg|message|event)": ?"(?P<what>(?:[^"\\]|\\.){3,300})"',
                r'^\{.{0,300}?"(?:msg|message|event)": ?"(?P<what>(?:[^"\\]|\\.){3,300})".{0,300}"level(?:name)?": ?"(?i:error|critical|fatal)"',
            )
        ),
        Rule(": error ", r"^(?:/\S{1,80}/)?[a-z][\w.+-]{1,24}: (?:[^\s:]{1,200}: )?error \w{2,20}ing .{3,300}", 62, ""),
        Rule("❌", r"^\W{0,12}❌.{3,300}", 60, ""),
        Rule("🚨", r"^\W{0,12}🚨.{3,300}", 60, ""),
        Rule("error]", r"^\W{0,4}\[?(?i:error)\] .{3,300}", 60, ""),
        Rule("error", r"^\W{0,6}(?:ERROR|Error|error|E)\b[\]:!]? .{3,300}", 56, ""),
        Rule("error", r"\b(?:ERROR|Error)\b.{0,300}", 50, ""),
        Rule("error", r"\b\w*[eE]rrors?: .{2,300}", 50, ""),
        Rule("exception", r"\b\w*[eE]xception\b.{0,300}", 50, ""),
        Rule("err!", r"\bERR!.{0,300}", 46, ""),
        Rule("e: ", r"^E: .{3,300}", 62, ""),
        Rule("panic", r"^\W{0,4}panic.{0,300}", 62, ""),
        Rule(
            "could not",
            r"(?i:could not|couldn't|can ?not|can't|unable to|failed to|failure to|not able to) .{3,300}",
            54,
            "",
        ),
        Rule("couldn't", r"(?i:couldn't) .{3,300}", 54, ""),
        Rule("cannot", r"(?i:cannot) .{3,300}", 53, ""),
        Rule("can't", r"(?i:can't) .{3,300}", 50, ""),
        Rule("unable to", r"(?i:unable to) .{3,300}", 54, ""),
        Rule("failed to", r"(?i:failed to) .{3,300}", 54, ""),
        Rule("not found", r"(?i:not found).{0,200}", 52, ""),
        Rule("no such", r"(?i:no such) .{1,200}", 54, ""),
        Rule("does not exist", r"(?i:does not exist|doesn't exist).{0,200}", 54, ""),
        Rule("not installed", r"(?i:(?:is|are) not installed).{0,200}", 58, "something is not installed"),
        Rule("n't installed", r"(?i:(?:is|are)n't installed).{0,200}", 58, "something is not installed"),
        Rule(
            "unknown",
            r"(?i:unknown (?:option|argument|command|flag|target|host|user|type|key|parameter)).{0,200}",
            60,
            "",
        ),
        Rule("unknown", r"^\W{0,6}(?i:unknown) .{3,200}", 53, ""),
        Rule("vulnerabilit", r"(?i:vulnerabilit).{0,200}", 50, ""),
        Rule(
            "not ",
            r"(?i:(?:is|are|was|were) not (?:defined|found|available|valid|supported|allowed|recogni[sz]ed|declared|writable|readable|executable|set|known|formatted|in ))",
            52,
            "",
        ),
        Rule("unrecognized", r"(?i:unrecogni[sz]ed).{0,200}", 56, ""),
        Rule("invalid", r"(?i:invalid) .{1,200}", 50, ""),
        Rule("missing", r"(?i:missing)\b.{2,200}", 44, ""),
        Rule("expected", r"(?i:\bexpected\b.{1,160}\b(?:but|got|to|actual|received|found)\b).{0,200}", 54, ""),
        Rule("mismatch", r"(?i:mismatch).{0,200}", 52, ""),
        Rule("not ", r"(?i:(?:is|are|was|were|has) not) .{2,200}", 36, ""),
        Rule("timed out", r"(?i:timed? ?out).{0,200}", 58, "an operation timed out"),
        Rule("timeout", r"(?i:time[d ]?out).{0,200}", 44, ""),
        Rule("denied", r"(?i:denied).{0,200}", 56, ""),
        Rule("refused", r"(?i:refused).{0,200}", 56, ""),
        Rule("conflict", r"(?i:conflict).{0,200}", 46, ""),
        Rule("aborted", r"(?i:abort(?:ed|ing)).{0,200}", 42, ""),
        Rule("abort", r"^\W{0,4}(?i:abort).{0,200}", 42, ""),
        Rule("violation", r"(?i:violation).{0,200}", 48, ""),
        Rule("undefined", r"(?i:undefined) .{1,200}", 54, ""),
        Rule("unexpected", r"(?i:unexpected) .{1,200}", 55, ""),
        Rule("unsupported", r"(?i:unsupported|not supported) .{0,200}", 52, ""),
        Rule("incompatible", r"(?i:incompatible).{0,200}", 54, ""),
        Rule("crash", r"(?i:crash(?:ed)?).{0,200}", 52, ""),
        Rule("failure", r"\b(?i:failures?)\b.{0,200}", 46, ""),
        Rule("failed", r"\b(?:FAILED|Failed|failed)\b.{0,200}", 45, ""),
        Rule("fail", r"\b(?:FAIL|Fail|fails)\b.{0,200}", 45, ""),
        Rule(
            ": ",
            r"^\s{0,6}(?:[\w.-]{1,30}: )?(?P<where>[\w./@+-]{1,200}\.\w{1,8}:\d{1,7})(?::\d{1,5})?:? (?!(?i:warning|note|info|debug|installing|in |from|\[))(?P<what>\S.{5,300})",
            47,
            "",
        ),
        Rule(
            _OWN_NAME,
            r"^(?:\d{1,6}: )?(?P<where>[a-z][a-z0-9_.+-]{1,24}): (?!(?i:warning|note|info|debug|warn|notice|done|ok|yes|no|using|found|entering directory|leaving directory)\b)(?P<what>[^\s/\d].{5,300})$",
            51,
            "",
        ),
        Rule("error", r"(?i:error).{0,200}", 34, ""),
    ),
    _explains,
)
