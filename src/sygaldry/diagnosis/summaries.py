"""Counts at the end of a run: they report that something failed, not what."""

from typing import Final

from sygaldry.diagnosis import Family, Rule

# BuildKit numbers the steps of a build: `#3 ERROR: ...` counts nothing.
_COUNT: Final = r"^(?!#\d{1,5} )\W{0,12}(?:(?:[Tt]otal|[Ff]ound|[Ss]ummary|[Rr]esult|[Ss]tatus|[Tt]ests?)\W{1,4})?[1-9]\d{0,6}(?:/\d{1,6}| of \d{1,6})? [\w ]{0,40}"

_VERDICT: Final = r"^\W{0,12}(?:ERROR|Error|error|FATAL|Fatal)\W{1,4}(?:[\w./-]{1,60}:? ){0,8}?"

FAMILY: Final = Family(
    "summaries",
    (
        *(
            Rule(word, _COUNT + rf"\(?(?:\d{{1,6}} )?(?:{word}|{word.title()}|{word.upper()})", 34)
            for word in ("failed", "failure", "failing", "error", "problem", "violation", "vulnerabilit", "offense")
        ),
        Rule("exiting due to", r"\bExiting due to [1-9]\d{0,6} errors?\b|\bExiting due to [1-9]\d{0,6} error\(s\)", 34),
        Rule("compilation failed", r"^\W{0,4}(?:[Ee]rror: )?[Cc]ompilation failed[.!]?$", 36),
        Rule("some tests failed", r"[Ss]ome tests failed", 34),
        Rule("tests failed", r"^\W{0,12}(?:[Tt]ests? [Ff]ailed|TESTS? FAILED)\W{0,6}(?:\d{1,6} failures?\.?)?$", 34),
        Rule(
            "due to",
            r"(?i)\bfailed due to (?:\w+ ){0,3}(?:previous|mandatory|above|earlier|these|following|\d+) ?(?:\w+ ){0,4}(?:errors?|failures?|violations?|issues?|problems?)",
            36,
        ),
        Rule(
            "above",
            r"(?i)^\W{0,6}(?:(?:error|fatal)\W{1,3})?(?:the )?(?:job|build|run|task|step|script|pipeline|command|test\w*) (?:has |have )?failed\b"
            r".{0,24}\b(?:see|check)\b.{0,24}\babove\b.{0,12}$",
            36,
        ),
        Rule("failed with code", r"^\W{0,12}[Ff]ailed with code \d{1,3}\.?\s*$", 34),
        # The verdict of a script; it prints the messages of its commands above.
        Rule(
            "failed",
            _VERDICT + r"failed\b(?: at .{1,60}?)? with (?:exit )?(?:code|status):? (?!137\b)[1-9]\d{0,2}\W*$",
            36,
        ),
        Rule("exited", _VERDICT + r"exited with (?:code|status):? (?!137\b)[1-9]\d{0,2}\W*$", 36),
        Rule("command failed: ", r"^\W{0,12}(?:ERROR|Error|error|FATAL)\W{1,4}[Cc]ommand failed: .{1,300}", 36),
        Rule("abort", _VERDICT + r"(?:[Aa]borting|[Aa]borted|ABORTING|ABORTED)\W*$", 30),
        Rule("command failed", r"(?i)\bcommand failed \(?(?:code|exit|status)\b", 34),
        Rule(" * error: ", r"^ \* ERROR: \S{1,160} failed \(\w{1,20} phase\)", 30),
        Rule("emake failed", r"^ \*\s{1,4}emake failed", 28),
        Rule("exited with exit code", r"^srun: error: \S{1,160}: tasks? .{1,80}: Exited with exit code", 24),
        Rule("failing scenarios", r"^Failing Scenarios:", 34),
    ),
)
