"""tox and nox: they report which command of which environment failed; the command's own output says why."""

from typing import Final

from sygaldry.diagnosis import Family, Rule

_SIGNALS: Final = (
    ("-11", "a segmentation fault (SIGSEGV)"),
    ("-6", "an abort (SIGABRT)"),
    ("-7", "a bus error (SIGBUS)"),
)

FAMILY: Final = Family(
    "tox and nox",
    (
        *(
            Rule(
                f"exit code {code}",
                rf"\bfailed with exit code {code}\b",
                74,
                f"the command crashed with {signal}",
                "run it alone; faulthandler shows the Python frames",
                before=3,
            )
            for code, signal in _SIGNALS
        ),
        Rule(
            "interpreternotfound",
            r"InterpreterNotFound: (?P<what>\S{1,80})",
            86,
            "there is no interpreter {what}",
            "install it, or take it out of the list of environments",
        ),
        Rule(
            "could not find python interpreter",
            r"could not find python interpreter (?:with spec\(s\): |matching any of the specs )?(?P<what>\S{1,80})",
            86,
            "there is no interpreter {what}",
        ),
        Rule(
            "not found. install",
            r"nox > (?P<what>Python interpreter \S{1,60} not found)",
            86,
            "{what}",
        ),
        Rule("nox > command", r"^nox > Command .{1,300}\bfailed with exit code (?!-\d)", 36),
        Rule("nox > session", r"^nox > Session \S{1,100} (?:failed|raised exception)", 24),
        Rule("invocationerror", r"^ERROR: InvocationError\b", 38),
        Rule("commands failed", r"^\s{0,4}ERROR: {1,6}\S{1,60}: commands failed", 24),
        Rule(": exit ", r"^\S{1,60}: exit [1-9]\d{0,2} \([\d.]+ seconds\)", 34),
        Rule(": fail code ", r"^\s{0,4}\S{1,60}: FAIL code \d{1,3}\b", 24),
        Rule("evaluation failed :(", r"^\s{0,4}evaluation failed :\(", 22),
    ),
)
