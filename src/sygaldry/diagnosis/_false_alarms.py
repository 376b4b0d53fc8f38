"""False alarms: counts of zero, passed tests, compiler flags, warnings."""

from typing import Final

from sygaldry.model.lazy_pattern import lazy_pattern

_LONG: Final = 600

# Alarming words that report no failure. Every alternative starts with a literal or a word boundary.
_FALSE_ALARM: Final = lazy_pattern(
    r"(?i)\b(?:0|no|zero|without|any) (?:\w+ )?(?:error|failure|failed|fail|fatal|problem|conflict|exception|issue)s?\b"
    r"|\b\w*(?:errors?|failures?|failed|fails?|skipped|errored)\b\W{1,3}0\b(?![.x]?\d)"
    r"|\b(?:errors?|failures?|failed|timeouts?|misses|fails)(?: \([^)]{1,30}\))?[\s:=.]{2,60}0(?:\.0{1,4})?\s{0,2}%?\s*$"
    r"|^\W{0,6}(?:ok|pass(?:ed)?|✓|✔|√)\b.{0,300}"
    r"|\.\.\. ?(?:ok|no|yes|passed|skipped|done)\s*$|: (?:ok|yes|no|passed|PASSED|skipped|SUCCESS|[Ss]uccess(?:ful)?|succeeded)\s*$|\bPASSED\b"
    r"|^W(?:\d{4} |: )"
    r"|-W(?:no-)?error\b(?!.{0,300}: error)|\bstrerror\b|\bperror\b|error_?code[ =:]{1,3}(?:0|none)\b"
    r"|^\s*(?:--|\d+\.|\*|#|//|/\*) .{0,120}\b(?:if|when|may|might|should|to avoid|in case)\b"
    r"|^##\[warning\]|warning:|\bwarning [A-Z]{1,6}\d{2,5}\b|\bpackages? ha(?:s|ve) newer versions incompatible\b|^\W{0,4}(?:warn|warning|info|debug|note|hint|trace|notice|deprecat\w*)\b[\]:]"
    r"|^(?:\S*/)?(?:gcc|g\+\+|cc|c\+\+|clang|clang\+\+|nvcc|ld|ar|libtool:|/bin/sh|rustc|javac)\s.{0,40}-"
    r"|^\s*(?:checking|Checking|looking for|Looking for|Performing Test|-- Performing|-- Looking|-- Check)\b(?!.{0,200}error:)"
    r"|^\s*(?:CC|CXX|AR|LD|GEN|INSTALL|Compiling|Building|Installing|Unpacking|Copying|creating|copying|adding|Setting up|Get:\d+)\s"
    r"|^\s{0,8}\d{0,7} \| |\s-(?:Wall|Wextra|O[0-3sg]|fPIC|std=|I[\w./]|D[A-Z_])"
    r"|^(?:debconf: |invoke-rc\.d|update-alternatives|Selecting previously|npm (?:warn|WARN)|hint: )|\bdeprecat"
    r"|^_{3,200} .{1,200} _{3,200}$"  # the head of a report of pytest: words of a name
    r"|^\[\s{0,3}\d+%\] |^\[\d+/\d+\] (?!.{0,200}(?:error|FAILED|failed):)"
)
# Printed by tools that found nothing wrong.
_NEGATION: Final = lazy_pattern(
    r"(?i)\b(?:0|no|zero) (?:\w+ )?(?:errors?|failures?|failed)\b|\b(?:errors?|failures?|failed)\W{1,3}0\b"
)


def is_negated(text: str) -> bool:
    """Return whether a line reports that nothing failed."""
    return bool(_NEGATION.search(text[:_LONG]))


def is_false_alarm(text: str) -> bool:
    """Return whether the alarming words of a line report no failure."""
    return bool(_FALSE_ALARM.search(text[:_LONG]))
