"""sh, bash, zsh: unbound variables, syntax, missing files; a script that ends silently."""

from typing import Final

from sygaldry.diagnosis import Explanation, Family, Hit, Rule, Window
from sygaldry.model.lazy_pattern import lazy_pattern

_BUILTIN: Final = r"(?:local|export|declare|typeset|ulimit|shopt|unset|let|wait|trap|umask|source|pushd|popd|read|return|kill|test|printf|exec|eval): "
_UNSET: Final = rf"\S{{1,200}}: line (?P<line>\d{{1,6}}): (?!{_BUILTIN})(?P<what>[A-Za-z_]\w{{0,60}}): (?P<why>(?!line \d|command not found|No such)\S.{{2,200}})"
_TRACED: Final = lazy_pattern(r"^\+{1,4} ")
_KEPT: Final = lazy_pattern(r"^\+{1,4} (?:local )?\w{1,30}=(?P<status>\d{1,3})$")
_TIDYING: Final = 80  # lines from a kept status to the exit with it


def _explains(hit: Hit, window: Window) -> Explanation | None:
    """A script that ends itself has printed why, just before."""
    if hit.rule.literal != "+ exit ":
        before = window.lines[max(window.index - hit.rule.before, 0) : window.index]
        after = window.lines[window.index + 1 : window.index + 1 + hit.rule.after]
        return Explanation(tuple(line for line in (*before, hit.line, *after) if line.text.strip()))
    end = _kept_status(hit, window)
    above = [
        line for line in window.lines[max(end - 12, 0) : end] if line.text.strip() and not _TRACED.match(line.text)
    ]
    return Explanation(tuple(above[-4:])) if above else None


def _kept_status(hit: Hit, window: Window) -> int:
    """Return where the script kept the status that it ends with (`+ rc=1`): the command above it failed, not the last."""
    status = hit.line.text.rpartition(" ")[2]
    above = range(window.index - 1, max(window.index - _TIDYING, -1), -1)
    kept = (at for at in above if (found := _KEPT.match(window.lines[at].text)) and found["status"] == status)
    return next(kept, window.index)


FAMILY: Final = Family(
    "shell",
    (
        Rule(  # below a margin, where a script quotes the log of a container
            ": line ",
            rf"^\s{{0,4}}\| {_UNSET}",
            70,
            "{what} is unset or empty: {why}",
            "set {what}",
        ),
        Rule(": line ", rf"^{_UNSET}", 66, "{what} is unset or empty: {why}", "set {what}"),
        Rule(
            "unbound variable",
            r"(?<!\S)(?P<where>\S{1,200}): (?:line )?(?P<line>\d+): (?P<what>\S{1,80}): unbound variable",
            90,
            "{where}:{line} uses {what}, which is not set (set -u)",
            "set it, or write ${{{what}:-}}",
        ),
        Rule("unbound variable", r"(?<!\S)(?P<what>\S{1,80}): unbound variable", 86, "{what} is not set (set -u)"),
        Rule("parameter not set", r"(?<!\S)(?P<what>\S{1,80}): parameter not set", 88, "{what} is not set (set -u)"),
        Rule(
            "parameter null or not set",
            r"(?<!\S)(?P<what>\S{1,80}): parameter null or not set",
            88,
            "{what} is not set",
        ),
        Rule(
            "syntax error near unexpected token",
            r"(?<!\S)(?P<where>\S{1,200}): (?:line )?(?P<line>\d+): syntax error near unexpected token (?P<what>.{1,40})",
            89,
            "{where}:{line} is not valid shell",
            after=1,
        ),
        Rule(
            "syntax error",
            r"(?<!\S)(?P<where>\S{1,200}): (?:line )?(?P<line>\d+): (?:syntax error|Syntax error): (?P<what>.{1,100})",
            88,
            "{where}:{line} is not valid shell",
        ),
        Rule(  # `.` is special: it ends a script that is not interactive, whatever follows it
            ": .: ",
            r"(?<!\S)(?P<where>\S{1,200}): (?P<line>\d+): \.: (?:[Cc]an(?:not|'t) open (?P<what>[^:]{1,200})|(?P<name>[^:]{1,200}): (?:file )?not found)",
            88,
            "{where}:{line} cannot read the script {what}{name}",
            "check the path; a file without a folder is searched for on PATH",
        ),
        Rule("+ exit ", r"^\+{1,4} exit [1-9]\d{0,2}$", 71, ""),
        Rule("syntax error", r"(?:[Ss]yntax error)(?:, | |: )(?P<what>.{1,200})", 68, "a syntax error: {what}"),
        Rule("unexpected eof", r"unexpected (?:EOF|end of file).{0,100}", 80, "a quote or a block is not closed"),
        Rule(
            "no such file or directory",
            r"(?<!\S)(?P<where>\S{1,200}): line (?P<line>\d+): (?P<what>[^:]{1,300}): No such file or directory",
            86,
            "{where}:{line}: {what} does not exist",
        ),
        Rule(
            "no such file or directory",
            r"(?<![\w./-])(?P<where>[\w./-]{1,60}): (?:cannot \w+ |can't \w+ )?[‘'\"`]?(?P<what>[^:‘’'\"]{1,300})[’'\"]?: No such file or directory",
            74,
            "{where}: {what} does not exist",
        ),
        Rule(
            "no such file or directory", r"^(?P<what>.{1,300}): No such file or directory", 66, "a file does not exist"
        ),
        Rule(
            "permission denied",
            r"(?<!\S)(?P<where>\S{1,200}): line \d+: (?P<what>[^:]{1,300}): Permission denied",
            86,
            "{what} may not be run or written",
            "chmod +x, or check the owner",
        ),
        Rule("is a directory", r"(?<![^:\s])(?P<what>[^:\s]{1,200}): Is a directory", 74, "{what} is a folder"),
        Rule("not a directory", r"(?<![^:\s])(?P<what>[^:\s]{1,200}): Not a directory", 74, "{what} is no folder"),
        Rule(
            "ambiguous redirect",
            r"ambiguous redirect",
            84,
            "a redirection has no file name",
            "is the variable empty?",
        ),
        Rule(
            "argument list too long",
            r"Argument list too long",
            84,
            "too many arguments for one command",
            "xargs",
        ),
        Rule(
            "integer expression expected",
            r"integer expression expected",
            60,
            "a number was expected, the variable is empty or text",
        ),
        Rule(
            "too many arguments",
            r"(?<!\S)(?P<where>\S{1,200}): line (?P<line>\d+): \S+: too many arguments",
            62,
            "{where}:{line}: an unquoted variable",
        ),
        Rule(
            "invalid option",
            r"(?<![\w./-])(?P<where>[\w./-]{1,80}): (?:line \d+: )?(?:\S{1,40}: )?(?:invalid|illegal|unrecognized|unknown) option(?: --)? ?(?P<what>.{1,80})",
            80,
            "{where} does not know the option {what}",
        ),
        Rule(
            "unrecognized option",
            r"(?<![\w./-])(?P<where>[\w./-]{1,80}): unrecognized option (?P<what>.{1,80})",
            80,
            "{where} does not know the option {what}",
        ),
        Rule("readonly variable", r"(?<!\S)(?P<what>\S{1,80}): readonly variable", 82, "{what} cannot be changed"),
        Rule(
            "cannot stat",
            r"(?<!\w)(?P<where>\w{1,40}): cannot stat [‘'\"`]?(?P<what>[^’'\"]{1,300})[’'\"]?: (?P<why>.{1,60})",
            80,
            "{where}: {what} does not exist",
        ),
    ),
    _explains,
)
