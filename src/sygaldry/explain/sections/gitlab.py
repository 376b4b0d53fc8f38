"""GitLab CI: sections and the last line of a job."""

from typing import Final

from sygaldry.explain.sections import Event, Format, Level, Mark
from sygaldry.model.lazy_pattern import lazy_pattern

_BEGIN: Final = lazy_pattern(r"section_start:\d{1,12}:(?P<name>[\w.-]{1,80})")
_CLOSE: Final = lazy_pattern(r"^ ?section_end:\d{1,12}:")
_FAIL: Final = lazy_pattern(r"^(?:ERROR: Job failed|WARNING: Job failed|ERROR: Job failed \(system failure\))")
_CLEAN_UP: Final = lazy_pattern(
    r"^(?:Running after[_ ]script|Cleaning up (?:project directory|file based variables)|Uploading artifacts for failed)"
)
_AFTER: Final = frozenset(
    {"after_script", "cleanup_file_variables", "upload_artifacts_on_failure", "archive_cache_on_failure"}
)


def _read(text: str) -> Mark | None:
    if found := _BEGIN.search(text):
        name = found["name"]
        return Mark(Event.CLEAN_UP if name in _AFTER else Event.BEGIN, Level.STEP, name)
    if _FAIL.match(text):
        return Mark(Event.FAIL, Level.STEP)
    if _CLEAN_UP.match(text):
        return Mark(Event.CLEAN_UP, Level.STEP)
    return Mark(Event.CLOSE, Level.STEP) if _CLOSE.match(text) else None


FORMAT: Final = Format(
    "GitLab CI",
    (b"section_start:", b"section_end:", b"Job failed", b"Running after", b"Cleaning up ", b"Uploading artifacts"),
    _read,
    overwritten=True,
)
