"""Messages that only report the failure of something else, whose own message stands elsewhere in the log."""

from typing import Final

from sygaldry.model.lazy_pattern import lazy_pattern

WRAPPED: Final = 26  # what an exception loses that only reports the failure of another program
_WRAPPER: Final = lazy_pattern(
    r"(?i)(?:error|exception): (?:.{0,200}(?:see (?:the )?(?:root cause|errors?|logs?|output|messages?) above|\bsee (?:the )?(?:stack ?trace|logs?)(?: \(?above\)?)? for (?:the )?root cause|\bfailed!$|exited unexpectedly"
    r"|non-zero exit|exit (?:code|status):? [1-9]|(?:sub)?process .{1,200} (?:failed|died)|worker .{0,60} died)"
    r"|process terminated with exit code|(?:the )?(?:command|script|program|child|one or more) .{1,200}\b(?:failed|died)\b)"
    r"|(?:error|exception): .{0,120}\b(?:exited|terminated|died|ended|quit|stopped)\b.{0,24}\b(?:exit )?(?:code|status|signal) -?[1-9]"
    r"|(?:error|exception): (?:failed|unable|could not|cannot) (?:to )?(?:start|launch|spawn|initiali[sz]e) (?:the )?[\w'/-]{1,40}(?: [\w'/-]{1,40}){0,3}\.?$"
    r"|HTTPError: (?:HTTP Error )?500\b|: 500 (?:Internal )?Server Error\b"  # the server's own log has the reason
    r"|(?:error|exception): exception in (?:the )?[\w .'-]{1,40} (?:thread|process|worker)\W*$"
    r"|╰─> \[\d{1,6} lines of output\]"  # pip
    r"|\bworker '?[\w.-]{1,40}'? crashed while running\b"  # pytest-xdist; the interpreter printed why it ended
)


_ABOVE: Final = lazy_pattern(
    r"(?i)\b(?:see|check|read|look at) (?:the )?(?:\w{1,20} )?(?:errors?|messages?|output|logs?|details?|lines?|text)? ?above\b"
    r"|\b(?:due to|because of) (?:the |an? )?(?:earlier|previous|prior|above) (?:errors?|failures?|problems?)\b"
    r"|\bdue to (?:the |an? )?(?:errors?|failures?|problems?) (?:listed |reported |shown )?above\b"
)

_COUNT: Final = lazy_pattern(
    r"\bfailed for \d{1,7} (?:(?:of|out of) \d{1,7} )?\w{1,40}(?:\(\w\))?[.:]?\s*$"
    r"|(?i:errors?|exception)\b.{0,40}: \d{1,7} (?:(?:of|out of) \d{1,7} )?\w{1,40}(?: \w{1,40})? (?:have |has )?(?:failed|errored)[.:!]?\s*$"
)


def is_count(text: str) -> bool:
    """Return whether a message only counts what failed: the error of each item stands above it."""
    return bool(_COUNT.search(text[:600]))


def refers_above(text: str) -> bool:
    """Return whether a message leaves its reason to what stands above it."""
    return bool(_ABOVE.search(text[:600]))


def is_wrapper(text: str) -> bool:
    """Return whether an exception only reports that another program, process or test failed."""
    return bool(_WRAPPER.search(text[:600])) or is_count(text)
