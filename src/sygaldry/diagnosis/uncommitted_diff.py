"""A job that ends in a diff: generated files, formatting or snapshots are not as committed."""

from typing import Final

from sygaldry.diagnosis import Explanation, Family, Hit, Rule, Window
from sygaldry.model.lazy_pattern import lazy_pattern

_FILE: Final = lazy_pattern(r"^(?:\+\+\+ (?:b/)?|diff --git a/)(?P<where>\S{1,200})")


def _explains(hit: Hit, window: Window) -> Explanation | None:
    """Show the file and the first lines that differ."""
    if not hit.line.text.startswith("@@"):
        return Explanation((hit.line,))
    above = window.lines[max(window.index - 6, 0) : window.index]
    files = [(line, found) for line in above if (found := _FILE.match(line.text))]
    changed = [line for line in window.lines[window.index + 1 : window.index + 14] if line.text[:1] in {"+", "-"}]
    if not changed:
        return None
    shown = (*(line for line, _ in files[-1:]), hit.line, *changed[:4])
    return Explanation(shown, where=files[-1][1]["where"] if files else "")


FAMILY: Final = Family(
    "differences",
    (
        Rule(
            "@@ ",
            r"^@@ -\d+(?:,\d+)? \+\d+(?:,\d+)? @@",
            46,
            "a file is not as it should be: the log ends in its difference",
            "make it anew (the formatter or generator) and commit it",
        ),
        Rule(
            "is not up to date",
            r"^\W{0,8}(?P<what>\w.{0,160}\bis not up[- ]to[- ]date.{0,120})",
            60,
            "{what}",
            "make it anew and commit it",
        ),
        Rule(
            "out of date",
            r"^\W{0,8}(?P<what>\w.{0,160}\b(?:is|are) out of date.{0,120})",
            54,
            "{what}",
            "make it anew and commit it",
        ),
        Rule("uncommitted changes", r"(?P<what>[Uu]ncommitted changes.{0,120})", 56, "{what}"),
        Rule(
            ": failed",
            r"^(?P<what>\S{0,120}[./]\S{1,120}): FAILED$",
            82,
            "{what} has another checksum than the one recorded",
            "download it again; if it was meant to change, renew the sum",
        ),
        Rule("computed checksum", r"WARNING: \d+ computed checksums? did NOT match", 40),
    ),
    _explains,
)
