"""The cause of a failed job: judge the candidate lines, rank them, explain the best."""

from collections.abc import Sequence
from itertools import islice
from typing import Final

from sygaldry.diagnosis import Cause, Confidence, Explanation, Facts, Kind, Line, Source, Window
from sygaldry.diagnosis._false_alarms import is_negated
from sygaldry.explain.analysis import Analysis
from sygaldry.explain.context import Context, read_context
from sygaldry.explain.context_window import window_around
from sygaldry.explain.evidence import more_evidence
from sygaldry.explain.exit_outcome import Outcome, outcome
from sygaldry.explain.format_answer import BY_EXIT
from sygaldry.explain.location import part, place
from sygaldry.explain.match_rules import Match, match_rules
from sygaldry.explain.noise_model import Noise
from sygaldry.explain.rank import Candidate, failing_end, rank_candidates
from sygaldry.explain.scan import Raw, scan
from sygaldry.explain.silent_command import silent_command
from sygaldry.explain.steps import Standing
from sygaldry.explain.text import clean, shorten, template
from sygaldry.explain.unwrap import unwrap
from sygaldry.model.value import replace

_EXPLAINED_AT_MOST: Final = 9  # so many of the best are explanations before one is chosen
_LAST_WORDS: Final = 14
_CONSEQUENCE: Final = 40  # a rule of less weight only follows from something else
_KNOWN: Final = 60  # a rule of less weight may match the output of any tool, so its family is not named
_HIGH: Final = 84
_MEDIUM: Final = 64
_OVER_SILENCE: Final = 70  # a rule of this weight explains more than a command that failed silently
_MIN_SCORE: Final = 50  # a score below names nothing


def explain(source: Source, facts: Facts, good: bytes = b"", start: tuple[int, int] = (0, 1)) -> Cause | None:
    """Say why a job failed; None if it did not."""
    if facts.code == 0 and not facts.signal:
        return None
    scanned = scan(source, start)
    ended = outcome(facts)
    noise = Noise(good)
    hits = match_rules([*scanned.candidates, *scanned.tail])
    context = read_context(source, scanned)
    order = rank_candidates(hits, scanned, facts, noise, context)
    log = Analysis(source, scanned, hits, context, order)
    explanations = _explain_best(source, order, context)
    best = explanations[0] if explanations else None
    needed = max(_MIN_SCORE, ended.weight + (Standing.INSIDE if ended.weight and context.steps.failed else 0))
    silent = silent_command(scanned.tail) if not ended.says else None
    if silent and (best is None or best[0].match.hit.rule.weight < _OVER_SILENCE):
        cause = _from_silence(log, ended, silent)
    elif best is None or best[0].score < needed:
        cause = _from_the_outcome(log, _last_words(log, noise), ended, best)
        cause = replace(cause, chain=_chain(hits, cause.lines))
    else:
        cause = _from_the_log(log, ended, explanations)
    if not cause.lines:
        return cause if source.size or cause.identified else replace(cause, says="the log is empty")
    taken = (*cause.lines, *cause.also, *cause.chain)
    window = window_around(source, cause.lines[0])
    return replace(
        cause,
        step_failed=context.steps.failed is not None,
        more=more_evidence(log, taken, window, sure=cause.confidence is Confidence.HIGH),
    )


def _explain_best(source: Source, order: Sequence[Candidate], context: Context) -> list[tuple[Candidate, Explanation]]:
    """Ask the families of the best candidates about the lines around, and rank again by what they say."""
    answers: list[tuple[Candidate, Explanation]] = []
    for each in islice(order, _EXPLAINED_AT_MOST):
        window = window_around(source, each.match.hit.line)
        explanation = _explanation(each, window)
        if explanation is not None:
            explanation = _within_the_step(explanation, each, source, context)
            explanation = unwrap(_with_announced_lines(explanation, window), window)
            rule = each.match.hit.rule
            shift = explanation.weight - rule.weight if explanation.weight else 0
            answers.append((each._replace(score=each.score + shift), explanation))
    return sorted(answers, key=lambda answer: -answer[0].score)


def _within_the_step(explanation: Explanation, each: Candidate, source: Source, context: Context) -> Explanation:
    """Drop what a family took from another step or from a passing test."""
    hit = each.match.hit.line.number
    lines = tuple(line for line in explanation.lines if line.number == hit or context.is_near_cause(source, line))
    return replace(explanation, lines=lines) if lines else explanation


def _with_announced_lines(explanation: Explanation, window: Window) -> Explanation:
    """A last line that ends in a colon announces what follows: show some of it."""
    if not explanation.lines or not explanation.lines[-1].text.rstrip().endswith(":"):
        return explanation
    last = explanation.lines[-1].number
    follow = [line for line in window.lines if last < line.number <= last + 5 and line.text.strip()]
    return replace(explanation, lines=(*explanation.lines, *follow[:3]))


def _explanation(each: Candidate, window: Window) -> Explanation | None:
    hit, rule = each.match.hit, each.match.hit.rule
    if each.match.family.explains is not None:
        explanation = each.match.family.explains(hit, window)
        if explanation is None or len(explanation.lines) > 1 or not (rule.before or rule.after):
            return explanation
    before = window.lines[max(window.index - rule.before, 0) : window.index]
    after = window.lines[window.index + 1 : window.index + 1 + rule.after]
    lines = [line for line in (*before, hit.line, *after) if line.text.strip()]
    return Explanation(tuple(lines))


def _from_the_log(log: Analysis, ended: Outcome, explanations: Sequence[tuple[Candidate, Explanation]]) -> Cause:
    source, scanned, hits, context, _ = log
    best, explanation = explanations[0]
    hit = best.match.hit
    groups = {name: value for name, value in hit.match.groupdict().items() if value}
    lines = _clip_lines(explanation.lines)
    numbers = {line.number for line in lines}
    rivals = [other for other in explanations[1:] if not numbers & {line.number for line in other[1].lines}]
    margin = best.score - rivals[0][0].score if rivals else 30.0
    return Cause(
        outcome=ended.words,
        identified=True,
        says=explanation.says or fill_template(hit.rule.says, groups),
        lines=lines,
        where=", in ".join(filter(None, (explanation.where or groups.get("where", ""), part(source, lines[0]))))
        or context.step_name(best.match)
        or place(source, lines[0]),
        remedy=explanation.remedy or fill_template(hit.rule.remedy, groups),
        confidence=_confidence(best, margin),
        kind=hit.rule.kind if hit.rule.kind is not Kind.UNKNOWN else ended.kind,
        family=best.match.family.title if hit.rule.weight >= _KNOWN and best.score >= _MEDIUM else "",
        also=_also(rivals, best, numbers),
        chain=_chain(hits, lines),
        repeats=sum(template(each.hit.line.text) == template(hit.line.text) for each in hits),
        signature=f"{best.match.name}:{template(lines[0].text):08x}",
        warnings=scanned.warnings,
    )


def _from_the_outcome(
    log: Analysis, last: tuple[Line, ...], ended: Outcome, best: tuple[Candidate, Explanation] | None
) -> Cause:
    """The log does not say it: the exit does, or nobody; the last words are the evidence."""
    silent = not ended.says and best is None
    says = ended.says or (
        "it ended without an error message; its last lines follow"
        if silent
        else "cause not identified; the best evidence"
    )
    lines = last or (_clip_lines(best[1].lines) if best else ())
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
        also=_clip_lines(best[1].lines) if best and best[0].score >= _CONSEQUENCE else (),
        signature=f"exit:{ended.words}",
        warnings=log.scanned.warnings,
    )


def _from_silence(log: Analysis, ended: Outcome, line: Line) -> Cause:
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


def _confidence(best: Candidate, margin: float) -> Confidence:
    if best.score >= _HIGH and margin >= 4:
        return Confidence.HIGH
    return Confidence.MEDIUM if best.score >= _MEDIUM else Confidence.LOW


def fill_template(text: str, groups: dict[str, str]) -> str:
    """Fill a rule's sentence with what its pattern caught; a group it did not catch leaves no hole."""
    if "{" not in text:
        return text
    return text.format_map(_Groups({name: value.strip()[:120] for name, value in groups.items()}))


class _Groups(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "it"


def _clip_lines(lines: Sequence[Line]) -> tuple[Line, ...]:
    unique = {line.number: line for line in lines}
    return tuple(unique[number]._replace(text=shorten(unique[number].text)) for number in sorted(unique))


def _also(rivals: Sequence[tuple[Candidate, Explanation]], best: Candidate, taken: set[int]) -> tuple[Line, ...]:
    """The next best evidence, where it is near enough to matter."""
    lines: list[Line] = []
    for other, explanation in rivals:
        if best.score - other.score > 25 or other.match.hit.rule.weight < _CONSEQUENCE:
            continue
        lines += [line for line in explanation.lines[:3] if line.number not in taken]
        taken |= {line.number for line in explanation.lines}
    return tuple(line._replace(text=shorten(line.text)) for line in lines[:5])


def _chain(hits: Sequence[Match], lines: Sequence[Line]) -> tuple[Line, ...]:
    """What followed from it: the last consequence that a tool printed."""
    after = max((line.number for line in lines), default=0)
    follow = [
        each.hit.line for each in hits if 20 <= each.hit.rule.weight < _CONSEQUENCE and each.hit.line.number > after
    ]
    return tuple(line._replace(text=shorten(line.text)) for line in follow[-1:])


def _last_words(log: Analysis, noise: Noise) -> tuple[Line, ...]:
    """The last lines that say something: no blanks, no consequences, nothing that a good run says too."""
    _, scanned, hits, context, _ = log
    end = context.steps.end or failing_end(hits, scanned)
    dull = {each.hit.line.number for each in hits if each.hit.rule.weight < _CONSEQUENCE}
    lines: list[Line] = []
    for raw in reversed(scanned.tail):
        text = clean(raw.raw)
        if raw.number > end or raw.number in dull or not text.strip() or noise.knows(text) or is_negated(text):
            continue
        lines.append(Line(raw.number, raw.offset, shorten(text)))
        if len(lines) == _LAST_WORDS:
            break
    if not lines and scanned.tail:
        lines = [_line(raw) for raw in reversed(scanned.tail[-3:])]
    return tuple(reversed(lines))


def _line(raw: Raw) -> Line:
    return Line(raw.number, raw.offset, shorten(clean(raw.raw)))
