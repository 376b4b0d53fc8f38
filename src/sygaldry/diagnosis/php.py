"""PHP: Composer, PHPUnit, fatal errors, PHPStan, Psalm, phpcs."""

from typing import Final

from sygaldry.diagnosis import Explanation, Family, Hit, Rule, Window


def _explains(hit: Hit, window: Window) -> Explanation | None:
    """PHPUnit counts first and explains below: `1) Class::test`, then why, then the place."""
    text = hit.line.text
    if not text.startswith(("There was", "There were")):
        return Explanation((hit.line,))
    details = [line for line in window.lines[window.index + 1 : window.index + 12] if line.text.strip()]
    return Explanation((hit.line, *details[:4]))


FAMILY: Final = Family(
    "PHP",
    (
        Rule(
            "your requirements could not be resolved",
            r"Your requirements could not be resolved to an installable set",
            82,
            "Composer finds no versions that fit together",
            "read the problems below",
            after=6,
        ),
        Rule("problem ", r"^\s+Problem \d+\s*$", 80, "Composer finds no versions that fit together", after=4),
        Rule(
            "parse error",
            r"(?:PHP )?Parse error: (?P<what>.{1,250}?)(?: in (?P<where>\S+ on line \d+)|$)",
            87,
            "PHP cannot parse a file",
        ),
        Rule(
            "fatal error",
            r"(?:^|PHP )(?:Fatal|Recoverable fatal) error: +(?P<what>.{1,300})",
            86,
            "PHP: {what}",
            after=2,
        ),
        Rule("there was", r"^There (?:was|were) \d+ (?:failure|error)s?:", 82, "tests fail"),
        Rule("failed asserting", r"Failed asserting (?P<what>.{1,200})", 84, "an assertion fails", before=1, after=1),
        Rule("failures!", r"^FAILURES!|^ERRORS!", 30),
        Rule("the requested package", r"(?P<what>The requested package \S{1,80} .{1,200})", 82, "Composer: {what}"),
        Rule(
            "could not find package",
            r"Could not find (?:a matching version of )?package (?P<what>\S{1,120})",
            86,
            "Composer cannot find {what}",
        ),
        Rule(
            "requires php",
            r"(?P<what>requires (?:php|ext-\w+) .{1,160})",
            82,
            "PHP or an extension does not fit",
        ),
        Rule("uncaught", r"Uncaught (?P<what>\w[\w\\]{1,100}: .{1,250})", 85, "an uncaught exception: {what}"),
        Rule("[errorexception]", r"\[(?P<what>\w*(?:Exception|Error))\]", 70, "", after=3),
        Rule("  line   ", r"^\s+Line\s{3,}\S{1,200}\s*$", 66, "PHPStan finds problems", after=4),
        Rule(
            "files were not fixed",
            r"^\s+\d+\) (?P<where>\S{1,200}\.php)(?: \(.{1,100}\))?$",
            68,
            "{where} is not formatted",
        ),
        Rule("| error ", r"^\s*\d+ \| ERROR\s{1,3}\| (?P<what>.{1,200})", 74, "style: {what}"),
    ),
    _explains,
)
