"""The cause of a failed job: judge the candidate lines, rank them, explain the best."""

from collections.abc import Sequence
from itertools import islice
from typing import Final

from sygaldry.diagnosis import Cause, Confidence, Explained, Facts, Kind, Line, Source, Window
from sygaldry.diagnosis._false_alarms import is_denial
from sygaldry.explain.context_window import window_around
from sygaldry.explain.exit_outcome import Outcome, outcome
from sygaldry.explain.format_answer import BY_EXIT
from sygaldry.explain.location import part, place
from sygaldry.explain.match_rules import Found, judged
from sygaldry.explain.noise_model import Noise
from sygaldry.explain.rank import Ranked, failing_end, ranked
from sygaldry.explain.scan import Raw, Scan, scan
from sygaldry.explain.text import SHOWN, clean, template
from sygaldry.explain.unwrap import unwrapped
from sygaldry.model.value import replace

_TRIED: Final = 9  # so many of the best are explained before one is chosen
_LAST_WORDS: Final = 14
_CONSEQUENCE: Final = 40  # a rule of less weight only follows from something else
_IDENTIFIED: Final = 50  # a score below names nothing


def explain(source: Source, facts: Facts, good: bytes = b"") -> Cause | None:
    """Say why a job failed; None if it did not."""
    if facts.code == 0 and not facts.signal:
        return None
    found = scan(source)
    ended = outcome(facts)
    noise = Noise(good)
    hits = judged([*found.candidates, *found.tail])
    order = ranked(hits, found, facts, noise)
    explained = _explained(source, order)
    best = explained[0] if explained else None
    if best is None or best[0].score < max(_IDENTIFIED, ended.weight):
        told = _from_the_outcome(source, found, _last_words(found, hits, noise), ended, best)
        return replace(told, chain=_chain(hits, told.lines))
    cause = _from_the_log(source, found, hits, ended, explained)
    if cause.confidence is not Confidence.LOW:
        return cause
    # Not sure: what was done last may tell more than the next best guess.
    shown = {line.number for line in (*cause.lines, *cause.also)}
    last = [line for line in _last_words(found, hits, noise) if line.number not in shown]
    return replace(cause, also=(*cause.also[:3], *last[-6:]))


def _explained(source: Source, order: Sequence[Ranked]) -> list[tuple[Ranked, Explained]]:
    """Ask the families of the best candidates about the lines around, and rank again by what they say."""
    answers: list[tuple[Ranked, Explained]] = []
    for each in islice(order, _TRIED):
        window = window_around(source, each.found.hit.line)
        told = _told(each, window)
        if told is not None:
            told = unwrapped(_continued(told, window), window)
            rule = each.found.hit.rule
            shift = told.weight - rule.weight if told.weight else 0
            answers.append((each._replace(score=each.score + shift), told))
    return sorted(answers, key=lambda answer: -answer[0].score)


def _continued(told: Explained, window: Window) -> Explained:
    """A last line that ends in a colon announces what follows: show some of it."""
    if not told.lines or not told.lines[-1].text.rstrip().endswith(":"):
        return told
    last = told.lines[-1].number
    follow = [line for line in window.lines if last < line.number <= last + 5 and line.text.strip()]
    return replace(told, lines=(*told.lines, *follow[:3]))


def _told(each: Ranked, window: Window) -> Explained | None:
    hit, rule = each.found.hit, each.found.hit.rule
    if each.found.family.explains is not None:
        told = each.found.family.explains(hit, window)
        if told is None or len(told.lines) > 1 or not (rule.before or rule.after):
            return told
    before = window.lines[max(window.index - rule.before, 0) : window.index]
    after = window.lines[window.index + 1 : window.index + 1 + rule.after]
    lines = [line for line in (*before, hit.line, *after) if line.text.strip()]
    return Explained(tuple(lines))


def _from_the_log(
    source: Source, found: Scan, hits: Sequence[Found], ended: Outcome, explained: Sequence[tuple[Ranked, Explained]]
) -> Cause:
    best, told = explained[0]
    hit = best.found.hit
    groups = {name: value for name, value in hit.match.groupdict().items() if value}
    lines = _shown(told.lines)
    numbers = {line.number for line in lines}
    rivals = [other for other in explained[1:] if not numbers & {line.number for line in other[1].lines}]
    margin = best.score - rivals[0][0].score if rivals else 30.0
    return Cause(
        outcome=ended.words,
        identified=True,
        says=told.says or filled(hit.rule.says, groups),
        lines=lines,
        where=", in ".join(filter(None, (told.where or groups.get("where", ""), part(source, lines[0]))))
        or place(source, lines[0]),
        remedy=told.remedy or filled(hit.rule.remedy, groups),
        confidence=_confidence(best, margin),
        kind=hit.rule.kind if hit.rule.kind is not Kind.UNKNOWN else ended.kind,
        family=best.found.family.title,
        also=_also(rivals, best, numbers),
        chain=_chain(hits, lines),
        signature=f"{best.found.name}:{template(lines[0].text):08x}",
        warnings=found.warnings,
    )


def _from_the_outcome(
    source: Source, found: Scan, last: tuple[Line, ...], ended: Outcome, best: tuple[Ranked, Explained] | None
) -> Cause:
    """The log does not say it: the exit does, or nobody; the last words are the evidence."""
    silent = not ended.says and best is None
    says = ended.says or (
        "it ended without an error message; the last lines are what it did last"
        if silent
        else "cause not identified; the best evidence"
    )
    lines = last or (_shown(best[1].lines) if best else ())
    return Cause(
        outcome=ended.words,
        identified=bool(ended.says),
        says=says,
        lines=lines,
        where=place(source, lines[-1]) if lines else "",
        remedy=ended.remedy,
        confidence=Confidence.MEDIUM if ended.says else Confidence.LOW,
        kind=ended.kind,
        family=BY_EXIT if ended.says else "",
        also=_shown(best[1].lines) if best and best[0].score >= _CONSEQUENCE else (),
        signature=f"exit:{ended.words}",
        warnings=found.warnings,
    )


def _confidence(best: Ranked, margin: float) -> Confidence:
    if best.score >= 84 and margin >= 4:
        return Confidence.HIGH
    return Confidence.MEDIUM if best.score >= 64 else Confidence.LOW


def filled(text: str, groups: dict[str, str]) -> str:
    """Fill a rule's sentence with what its pattern caught; a group it did not catch leaves no hole."""
    if "{" not in text:
        return text
    return text.format_map(_Groups({name: value.strip()[:120] for name, value in groups.items()}))


class _Groups(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "it"


def _shown(lines: Sequence[Line]) -> tuple[Line, ...]:
    unique = {line.number: line for line in lines}
    return tuple(unique[number]._replace(text=unique[number].text[:SHOWN]) for number in sorted(unique))


def _also(rivals: Sequence[tuple[Ranked, Explained]], best: Ranked, taken: set[int]) -> tuple[Line, ...]:
    """The next best evidence, where it is near enough to matter."""
    lines: list[Line] = []
    for other, told in rivals:
        if best.score - other.score > 25 or other.found.hit.rule.weight < _CONSEQUENCE:
            continue
        lines += [line for line in told.lines[:3] if line.number not in taken]
        taken |= {line.number for line in told.lines}
    return tuple(line._replace(text=line.text[:SHOWN]) for line in lines[:5])


def _chain(hits: Sequence[Found], lines: Sequence[Line]) -> tuple[Line, ...]:
    """What followed from it: the last consequence that a tool printed."""
    after = max((line.number for line in lines), default=0)
    follow = [
        each.hit.line for each in hits if 20 <= each.hit.rule.weight < _CONSEQUENCE and each.hit.line.number > after
    ]
    return tuple(line._replace(text=line.text[:SHOWN]) for line in follow[-1:])


def _last_words(found: Scan, hits: Sequence[Found], noise: Noise) -> tuple[Line, ...]:
    """The last lines that say something: no blanks, no consequences, nothing that a good run says too."""
    end = failing_end(hits, found)
    dull = {each.hit.line.number for each in hits if each.hit.rule.weight < _CONSEQUENCE}
    lines: list[Line] = []
    for raw in reversed(found.tail):
        text = clean(raw.raw)
        if raw.number > end or raw.number in dull or not text.strip() or noise.knows(text) or is_denial(text):
            continue
        lines.append(Line(raw.number, raw.offset, text[:SHOWN]))
        if len(lines) == _LAST_WORDS:
            break
    if not lines and found.tail:
        lines = [_line(raw) for raw in reversed(found.tail[-3:])]
    return tuple(reversed(lines))


def _line(raw: Raw) -> Line:
    return Line(raw.number, raw.offset, clean(raw.raw)[:SHOWN])
