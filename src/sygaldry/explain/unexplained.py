"""The cause of a job whose log does not contain it: its exit, or its last lines as evidence."""

from collections.abc import Sequence
from itertools import chain
from typing import Final

from sygaldry.diagnosis import Cause, Confidence, Explanation, Kind, Line
from sygaldry.diagnosis._false_alarms import is_negated
from sygaldry.diagnosis._wrappers import is_wrapper
from sygaldry.explain.analysis import Analysis
from sygaldry.explain.context import Context, lines_up_to
from sygaldry.explain.exit_outcome import Outcome
from sygaldry.explain.format_answer import BY_EXIT
from sygaldry.explain.location import place
from sygaldry.explain.noise_model import Noise
from sygaldry.explain.rank import CONSEQUENCE, REPORT, Candidate, failing_end
from sygaldry.explain.scan import Raw
from sygaldry.explain.survived.exit_reports import ignored_reports
from sygaldry.explain.survived.tracebacks import tail_tracebacks
from sygaldry.explain.telling_line import is_telling, is_text, telling_line
from sygaldry.explain.text import clean, is_ruler, shorten, template
from sygaldry.model.lazy_pattern import lazy_pattern

_LAST_WORDS: Final = 14
_LOOKED: Final = 60  # lines among which the last words are found
_NAMES_A_COMMAND: Final = 36  # a consequence of this weight tells more than that something failed
_DIRECTORY: Final = lazy_pattern(r"^\S{0,80}(?:make(?:\[\d{1,3}\])?|ninja): (?:Entering|Leaving) directory ")
_QUOTED: Final = 160  # characters of a line in the sentence


def cause_of_outcome(
    log: Analysis, last: tuple[Line, ...], ended: Outcome, best: tuple[Candidate, Explanation] | None
) -> Cause:
    """The log does not say it: the exit does, or nobody; the last words are the evidence."""
    reported = _reported(log) if best is None and not ended.says else ()
    last = tuple(line for line in last if line.text.strip())
    lines = _merge(last, reported) or (clip_lines(best[1].lines) if best else ())
    says = (
        ended.says or _silent_step(log.context, last) or _careful_sentence(last, _report(log), printed=best is not None)
    )
    return Cause(
        outcome=ended.words,
        identified=bool(ended.says),
        says=says,
        lines=lines,
        where=place(log.source, lines[-1]) if lines else "",
        remedy=ended.remedy,
        confidence=Confidence.MEDIUM if ended.says else Confidence.LOW,
        kind=ended.kind,
        family=BY_EXIT if ended.says else "",
        also=clip_lines(best[1].lines) if best and best[0].score >= CONSEQUENCE else (),
        signature=f"exit:{ended.words}",
        warnings=log.scanned.warnings,
    )


def _silent_step(context: Context, last: Sequence[Line]) -> str:
    """Name the last step, in a log that reports no failed one, if that step printed nothing."""
    step = context.steps.implied
    if step is None or not step.name or any(line.number > step.begin for line in last):
        return ""
    return f"“{shorten(step.name, _QUOTED)}” ended without an error message"


def _careful_sentence(last: Sequence[Line], report: Line | None, *, printed: bool) -> str:
    """Quote the most telling line of the failed step, or else the report that it failed: evidence, not a cause."""
    line = telling_line([each for each in last if is_text(each.text)])
    if report is not None and not is_telling(line):
        return f"the log has no reason, only the report: {shorten(report.text.strip(), _QUOTED)}"
    if line is None:
        return "its output is not text" if last else "it ended without an error message"
    text = shorten(line.text.strip(), _QUOTED)
    return f"the best evidence: {text}" if printed else f"it ended without an error message; its last output: {text}"


def cause_of_silence(log: Analysis, ended: Outcome, line: Line) -> Cause:
    command = line.text.lstrip("+ ")
    return Cause(
        outcome=ended.words,
        identified=True,
        says=f"the last command failed without an error message: {command}",
        lines=(line,),
        where=place(log.source, line),
        confidence=Confidence.MEDIUM,
        kind=Kind.UNKNOWN,
        signature=f"silent:{template(command):08x}",
        warnings=log.scanned.warnings,
    )


def _reported(log: Analysis) -> tuple[Line, ...]:
    """The last two lines of the failed step in which a tool reports that it failed, without a reason."""
    end = log.context.end or log.scanned.lines
    lines = [
        each.hit.line
        for each in log.matches
        if REPORT < each.hit.rule.weight < CONSEQUENCE
        and each.hit.line.number <= end
        and each.hit.line.number not in log.context.masked
    ]
    return tuple(line._replace(text=shorten(line.text)) for line in lines[-2:])


def _report(log: Analysis) -> Line | None:
    """The last line in which a builder names the command that failed, in a log that has no error at all."""
    lines = [each.hit.line for each in log.matches if _NAMES_A_COMMAND <= each.hit.rule.weight < CONSEQUENCE]
    return lines[-1] if lines and not log.order else None


def _merge(last: Sequence[Line], reported: Sequence[Line]) -> tuple[Line, ...]:
    """Put the reports last: of lines that explain nothing, the last are shown first."""
    numbers = {line.number for line in reported}
    return (*(line for line in last if line.number not in numbers), *reported)


def last_words(log: Analysis, noise: Noise) -> tuple[Line, ...]:
    """The last lines that say something: no blanks, no consequences, nothing that a good run says too."""
    _, scanned, hits, context, _ = log
    end = context.end or failing_end(hits, scanned)
    dull = {each.hit.line.number for each in hits if each.hit.rule.weight < CONSEQUENCE}
    begin = context.steps.failed.begin if context.steps.failed else 0
    dull.update(chain.from_iterable(ignored_reports(tail_tracebacks(scanned.tail))))
    lines: list[Line] = []
    for raw in reversed(lines_up_to(log.source, scanned, end, _LOOKED)):
        text = clean(raw.raw)
        if (
            raw.number > end
            or (raw.number < begin and lines)
            or raw.number in dull
            or not text.strip(" -=*_#|^~")
            or noise.knows(text)
            or is_negated(text)
            or is_wrapper(text)
            or _DIRECTORY.match(text)
        ):
            continue
        lines.append(Line(raw.number, raw.offset, shorten(text)))
        if len(lines) == _LAST_WORDS:
            break
    lines = _of_the_last_step(_without_the_header(lines, context), context)
    if not lines and scanned.tail:
        lines = [_line(raw) for raw in reversed(scanned.tail[-3:])]
    return tuple(reversed(lines))


def _of_the_last_step(lines: list[Line], context: Context) -> list[Line]:
    """Keep the output of the last step, in a log that reports no failed one, unless that step printed nothing."""
    step = context.steps.implied
    return [line for line in lines if step and line.number > step.begin] or lines


def _without_the_header(lines: list[Line], context: Context) -> list[Line]:
    """Drop the echoed command of the failed step where the step printed something."""
    failed = context.steps.failed
    printed = [line for line in lines if line.number not in context.masked]
    return printed if failed and any(line.number >= failed.begin for line in printed) else lines


def _line(raw: Raw) -> Line:
    return Line(raw.number, raw.offset, shorten(clean(raw.raw)))


def clip_lines(lines: Sequence[Line]) -> tuple[Line, ...]:
    unique = {line.number: line for line in lines if line.text.strip() and not is_ruler(line.text)}
    return tuple(unique[number]._replace(text=shorten(unique[number].text)) for number in sorted(unique))
