"""The cause of a failed job: judge the candidate lines, rank them, explain the best."""

import re
from collections.abc import Sequence
from itertools import islice
from typing import Final

from sygaldry.diagnosis import Cause, Confidence, Explanation, Facts, Kind, Line, Source, Window
from sygaldry.diagnosis._wrappers import refers_above
from sygaldry.explain.analysis import Analysis
from sygaldry.explain.context import Context, read_context
from sygaldry.explain.context_window import window_around
from sygaldry.explain.evidence import more_evidence
from sygaldry.explain.exit_outcome import ENDS_AS_A_SUCCESS, Outcome, outcome
from sygaldry.explain.line_prefix import without_prefix
from sygaldry.explain.location import part, place
from sygaldry.explain.match_rules import match_rules
from sygaldry.explain.narrow_prose import with_joined_prose
from sygaldry.explain.near_the_end import is_at_the_end
from sygaldry.explain.noise_model import Noise
from sygaldry.explain.powershell_wrap import unwrapped
from sygaldry.explain.rank import (
    CONSEQUENCE,
    LAST_WINS,
    REPORT,
    SURVIVORS,
    Candidate,
    failing_end,
    rank_candidates,
)
from sygaldry.explain.reasons.all_reasons import with_reason
from sygaldry.explain.reasons.failed_providers import with_failed_provider
from sygaldry.explain.reasons.failed_tests import with_shared_error
from sygaldry.explain.reported_success import reports_success
from sygaldry.explain.rivals import is_rival
from sygaldry.explain.scan import scan
from sygaldry.explain.sections import Level
from sygaldry.explain.sentence import sentence
from sygaldry.explain.silent_command import silent_command
from sygaldry.explain.steps import Standing
from sygaldry.explain.survived.reported_end import reported_end
from sygaldry.explain.telling_line import is_telling, telling_line
from sygaldry.explain.text import is_ruler, shorten, template
from sygaldry.explain.unexplained import cause_of_outcome, cause_of_silence, clip_lines, last_words
from sygaldry.explain.unwrap import unwrap
from sygaldry.model.lazy_pattern import lazy_pattern
from sygaldry.model.value import replace

_EXPLAINED_AT_MOST: Final = 9  # so many of the best are explanations before one is chosen
_KNOWN: Final = 60  # a rule of less weight may match the output of any tool, so its family is not named
_HIGH: Final = 84
_MEDIUM: Final = 64
_AMBIGUOUS: Final = 10  # less than this between the best two lines of any tool: neither is likely
_OVER_SILENCE: Final = 70  # a rule of this weight explains more than a command that failed silently
_ANY_TOOL: Final = "generic"
_REFERS: Final = 26  # for a message whose reason stands above it
_PLAIN: Final = lazy_pattern(r"[\w@.+:=,^/\\*][\w@.+:=~,^/\\*-]{0,119}")
_OTHER_STEP: Final = frozenset({Standing.PASSED, Standing.OUTSIDE})  # where a marker reports the one that failed
_FILLED: Final = 160  # characters of a group in a sentence: the middle of a longer one is left out
_MIN_SCORE: Final = 50  # a score below names nothing


def explain(source: Source, facts: Facts, good: bytes = b"", start: tuple[int, int] = (0, 1)) -> Cause | None:
    """Say why a job failed; None if it did not."""
    if facts.code == 0 and not facts.signal:
        return None
    source = without_prefix(unwrapped(source))
    scanned = scan(source, start)
    ended = outcome(facts)
    noise = Noise(good)
    hits = match_rules([*scanned.candidates, *scanned.tail])
    context = read_context(source, scanned)._replace(reported=reported_end(hits, scanned, facts))
    order = rank_candidates(hits, scanned, facts, noise, context)
    log = Analysis(source, scanned, hits, context, order)
    explanations = _explain_best(source, order, context)
    best = explanations[0] if explanations else None
    needed = max(_MIN_SCORE, ended.weight + (Standing.INSIDE if ended.weight and context.steps.failed else 0))
    silent = silent_command(scanned.tail) if not ended.says else None
    if silent and (best is None or best[0].match.hit.rule.weight < _OVER_SILENCE):
        cause = cause_of_silence(log, ended, silent)
    elif best is None or best[0].score < needed or _is_survived(best[0], last_words(log, noise)):
        cause = cause_of_outcome(log, last_words(log, noise), ended, best)
        cause = replace(cause, chain=_chain(log, cause.lines))
    else:
        cause = _from_the_log(log, ended, explanations)
    if not cause.lines:
        return cause if source.size or cause.identified else replace(cause, says="the log is empty")
    if facts.code is None and not ended.says and not context.steps.failed and reports_success(scanned.tail):
        cause = replace(cause, outcome=ENDS_AS_A_SUCCESS, confidence=Confidence.LOW)
    window = window_around(source, cause.lines[0])
    if cause.identified and best is not None and best[0].match.hit.line in cause.lines:
        hit = best[0].match.hit.line
        cause = with_failed_provider(cause, hit, window_around(source, hit))
    return replace(cause, step_failed=context.steps.failed is not None, more=more_evidence(log, cause, window))


def _is_survived(best: Candidate, last: Sequence[Line]) -> bool:
    """Return whether the likeliest line is of a step that the job survived, and the step that failed says more."""
    other = best.standing in _OTHER_STEP or (best.standing in SURVIVORS and best.score < _MEDIUM)
    return other and is_telling(telling_line(last))


def _explain_best(source: Source, order: Sequence[Candidate], context: Context) -> list[tuple[Candidate, Explanation]]:
    """Ask the families of the best candidates about the lines around, and rank again by what they say."""
    answers: list[tuple[Candidate, Explanation]] = []
    for each in islice(order, _EXPLAINED_AT_MOST):
        window = with_joined_prose(window_around(source, each.match.hit.line))
        explanation = _explanation(each, window)
        if explanation is not None:
            explanation = _within_the_step(explanation, each, source, context)
            explanation = with_reason(unwrap(explanation, window), each, window)
            rule = each.match.hit.rule
            shift = explanation.weight - rule.weight if explanation.weight else 0
            if any(map(refers_above, (line.text for line in explanation.lines[:3]))):
                shift -= _REFERS
            answers.append((each._replace(score=each.score + shift), explanation))
    return sorted(answers, key=lambda answer: -answer[0].score)


def _within_the_step(explanation: Explanation, each: Candidate, source: Source, context: Context) -> Explanation:
    """Drop what a family took from another step or from a passing test."""
    hit = each.match.hit.line.number
    lines = tuple(line for line in explanation.lines if line.number == hit or context.is_near_cause(source, line))
    return replace(explanation, lines=lines) if lines else explanation


def _explanation(each: Candidate, window: Window) -> Explanation | None:
    hit, rule = each.match.hit, each.match.hit.rule
    if window.lines[window.index].text.startswith(hit.line.text):  # joined, where a console broke it
        hit = hit._replace(line=window.lines[window.index])
    if each.match.family.explains is not None:
        explanation = each.match.family.explains(hit, window)
        if explanation is None or len(explanation.lines) > 1 or not (rule.before or rule.after):
            return explanation
    before = window.lines[max(window.index - rule.before, 0) : window.index]
    after = window.lines[window.index + 1 : window.index + 1 + rule.after]
    lines = [line for line in (*before, hit.line, *after) if line.text.strip()]
    return Explanation(tuple(lines))


def _from_the_log(log: Analysis, ended: Outcome, explanations: Sequence[tuple[Candidate, Explanation]]) -> Cause:
    source, scanned, hits, *_ = log
    best, explanation = explanations[0]
    explanation = with_shared_error(explanation, log.order, log.source)
    hit = best.match.hit
    groups = {name: value for name, value in hit.match.groupdict().items() if value}
    lines = clip_lines(explanation.lines)
    numbers = {line.number for line in lines}
    rivals = [
        other
        for other in explanations[1:]
        if not numbers & {line.number for line in other[1].lines}
        and is_rival(hit.line.text, explanation.lines, other[0].match.hit.line.text)
    ]
    margin = _margin(best, rivals)
    familiar = _is_familiar(best, source)
    sure = familiar and is_at_the_end(best, log) and not log.context.steps.went_on
    return Cause(
        outcome=ended.words,
        identified=True,
        says=sentence(explanation.says or fill_template(hit.rule.says, groups), hit.line, lines),
        lines=lines,
        where=_where(explanation.where or groups.get("where", ""), best, log, lines[0]),
        remedy=explanation.remedy or fill_template(hit.rule.remedy, plain_names(groups)),
        confidence=_confidence(best, margin, sure=sure),
        kind=hit.rule.kind if hit.rule.kind is not Kind.UNKNOWN else ended.kind,
        family=best.match.family.title if familiar and _is_known(best) else "",
        also=_also(rivals, best, numbers),
        chain=_chain(log, lines),
        repeats=sum(template(each.hit.line.text) == template(hit.line.text) for each in hits),
        signature=f"{best.match.name}:{template(lines[0].text):08x}",
        warnings=scanned.warnings,
    )


def _where(stated: str, best: Candidate, log: Analysis, line: Line) -> str:
    """Name the place that the message states, and the step around it; else the nearest heading."""
    deepest = Level.BUILD if stated else Level.TEST  # a stated place tells more than a command or a test
    step = part(log.source, line) or log.context.step_name(best.match, deepest)
    places = (stated, "" if step in stated else step)
    return ", in ".join(filter(None, places)) or place(log.source, line)


def _is_known(best: Candidate) -> bool:
    return best.match.hit.rule.weight >= _KNOWN and best.score >= _MEDIUM


def _is_familiar(best: Candidate, source: Source) -> bool:
    """Return whether the lines around show the family's tool: other tools print messages of some of its shapes."""
    if not best.match.family.evidence:
        return True
    shape = re.compile(best.match.family.evidence)
    return any(shape.search(line.text) for line in window_around(source, best.match.hit.line).lines)


def _margin(best: Candidate, rivals: Sequence[tuple[Candidate, Explanation]]) -> float:
    """How much less likely the next error is; one of the same cascade says nothing against its first."""
    cascades = best.match.name not in LAST_WINS
    others = (
        other
        for other, _ in rivals
        if not (
            cascades
            and other.match.name == best.match.name
            and other.match.hit.line.number > best.match.hit.line.number
        )
    )
    return best.score - max((other.score for other in others), default=best.score - 30)


def _confidence(best: Candidate, margin: float, *, sure: bool) -> Confidence:
    """Weigh the score and its margin; `python -m benchmarks.heldout` measures how often each level is right."""
    if best.match.name == _ANY_TOOL and margin < _AMBIGUOUS:
        return Confidence.LOW
    if best.score >= _HIGH and margin >= 4 and sure:
        return Confidence.HIGH
    return Confidence.MEDIUM if best.score >= _MEDIUM else Confidence.LOW


def fill_template(text: str, groups: dict[str, str]) -> str:
    """Fill a rule's sentence with what its pattern caught; a group it did not catch leaves no hole."""
    if "{" not in text:
        return text
    return text.format_map(_Groups({name: shorten(value.strip(), _FILLED) for name, value in groups.items()}))


def plain_names(groups: dict[str, str]) -> dict[str, str]:
    """Keep what is safe to paste into a shell: a remedy is often typed as it stands, and a log may be hostile."""
    return {name: value for name, value in groups.items() if _PLAIN.fullmatch(value.strip())}


class _Groups(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "it"


def _also(rivals: Sequence[tuple[Candidate, Explanation]], best: Candidate, taken: set[int]) -> tuple[Line, ...]:
    """The next best evidence, where it is near enough to matter."""
    lines: list[Line] = []
    for other, explanation in rivals:
        if best.score - other.score > 25 or other.match.hit.rule.weight < CONSEQUENCE:
            continue
        lines += [line for line in explanation.lines[:3] if line.number not in taken and not is_ruler(line.text)]
        taken |= {line.number for line in explanation.lines}
    return tuple(line._replace(text=shorten(line.text)) for line in lines[:5])


def _chain(log: Analysis, lines: Sequence[Line]) -> tuple[Line, ...]:
    """What followed from it: the last consequence that a tool printed in the failed step."""
    after = max((line.number for line in lines), default=0)
    end = log.context.end or failing_end(log.matches, log.scanned)
    follow = [
        each.hit.line
        for each in log.matches
        if REPORT <= each.hit.rule.weight < CONSEQUENCE
        and after < each.hit.line.number <= end
        and each.hit.line.number not in log.context.masked
    ]
    return tuple(line._replace(text=shorten(line.text)) for line in follow[-1:])
