"""git, Git LFS and submodules."""

from typing import Final

from sygaldry.diagnosis import Explanation, Family, Hit, Kind, Rule, Window
from sygaldry.model.lazy_pattern import lazy_pattern

# What `git diff --check` finds: https://git-scm.com/docs/git-diff#Documentation/git-diff.txt---check
_WHITESPACE: Final = (
    "trailing whitespace",
    "space before tab in indent",
    "new blank line at eof",
    "leftover conflict marker",
)
_HOOK: Final = 90  # lines that a hook prints before it refuses
_REMOTE: Final = lazy_pattern(
    r"^remote: .{0,20}(?i:error|reject|declin|denied|fatal|invalid|must|not allowed|too large|exceed|contains|violat|cannot|no such|not found|unable)"
)


def _explains(hit: Hit, window: Window) -> Explanation | None:
    """The hook that refuses a push prints its reason in lines that begin with `remote:`."""
    if hit.rule.before < _HOOK:
        before = window.lines[max(window.index - hit.rule.before, 0) : window.index]
        after = window.lines[window.index + 1 : window.index + 1 + hit.rule.after]
        return Explanation(tuple(line for line in (*before, hit.line, *after) if line.text.strip()))
    above = [line for line in window.lines[max(window.index - _HOOK, 0) : window.index] if _REMOTE.match(line.text)]
    says = f"the server's hook refuses the push: {above[0].text.removeprefix('remote:').strip()}" if above else ""
    return Explanation((*above[:4], hit.line), says=says)


FAMILY: Final = Family(
    "git",
    (
        Rule(
            "unable to access",
            r"fatal: unable to access '(?P<what>[^']{1,300})': (?P<why>.{1,200})",
            86,
            "git cannot reach {what}: {why}",
            "check the address, the network and the proxy",
            Kind.TRANSIENT,
            after=1,
        ),
        Rule(
            "could not read username",
            r"fatal: could not read Username for '(?P<what>[^']{1,200})'",
            87,
            "git needs a login for {what}, and there is no terminal",
            "use a token or a deploy key; does the repository exist?",
        ),
        Rule(
            "authentication failed",
            r"(?:fatal|remote): .{0,40}[Aa]uthentication failed.{0,200}",
            87,
            "git could not log in",
            "renew the token",
        ),
        Rule(
            "permission denied (publickey",
            r"Permission denied \(publickey.{0,40}\)",
            87,
            "the server does not accept the key",
            "load the right ssh key (ssh-add -l)",
        ),
        Rule(
            "host key verification failed",
            r"Host key verification failed",
            87,
            "the server's key is not known here",
            "ssh-keyscan it into known_hosts",
        ),
        Rule(
            "repository",
            r"(?:fatal|ERROR|remote): .{0,60}[Rr]epository .{0,200}(?:not found|does not exist).{0,60}",
            87,
            "the repository does not exist, or access is denied",
        ),
        Rule("not a git repository", r"fatal: not a git repository.{0,100}", 84, "this is not a git work tree"),
        Rule(
            "dubious ownership",
            r"fatal: detected dubious ownership in repository at '(?P<what>[^']{1,200})'",
            89,
            "the repository belongs to another user",
            "git config --global --add safe.directory {what}",
        ),
        Rule(
            "remote branch",
            r"fatal: Remote branch (?P<what>\S+) not found in upstream",
            88,
            "the branch {what} does not exist",
        ),
        Rule(
            "couldn't find remote ref",
            r"fatal: [Cc]ouldn't find remote ref (?P<what>\S+)",
            88,
            "the remote has no {what}",
        ),
        Rule(
            "reference is not a tree",
            r"fatal: reference is not a tree: (?P<what>\S+)",
            87,
            "the commit {what} does not exist (shallow clone? force push?)",
        ),
        Rule(
            "did not match any file", r"pathspec '(?P<what>[^']{1,200})' did not match any", 86, "git knows no {what}"
        ),
        Rule("merge conflict", r"CONFLICT \(.{1,30}\): (?P<what>.{1,200})", 85, "the merge has conflicts: {what}"),
        Rule("conflict (", r"CONFLICT \(.{1,30}\): (?P<what>.{1,200})", 85, "the merge has conflicts: {what}"),
        Rule(
            "patch does not apply",
            r"error: (?P<what>\S{1,200}): patch does not apply",
            86,
            "the patch does not fit {what}",
        ),
        Rule("patch failed", r"error: patch failed: (?P<what>\S{1,200})", 84, "the patch does not fit {what}"),
        *(
            Rule(
                word,
                rf"^(?P<where>[^\s:]{{1,200}}:\d{{1,7}}): (?i:{word})\.$",
                78,
                f"{{where}}: {word} (git diff --check)",
            )
            for word in _WHITESPACE
        ),
        Rule(
            " failed -- saving rejects",
            r"^\d{1,4} out of \d{1,4} hunks? FAILED -- saving rejects to file (?P<what>\S{1,300})",
            80,
            "a patch does not fit: {what}",
            before=2,
        ),
        Rule("hunk", r"Hunk #\d+ FAILED at \d+", 80, "a patch does not fit", before=2),
        Rule(
            "no url found for submodule",
            r"No url found for submodule path '(?P<what>[^']{1,200})'",
            88,
            "the submodule {what} has no address in .gitmodules",
        ),
        Rule(
            "index.lock",
            r"Unable to create '(?P<what>[^']{1,200}\.lock)': File exists",
            86,
            "another git process runs here, or crashed",
            "remove {what} if none runs",
            Kind.TRANSIENT,
        ),
        Rule(
            "early eof",
            r"fatal: (?:early EOF|the remote end hung up|fetch-pack: invalid|index-pack failed).{0,100}",
            74,
            "the transfer broke off",
            "try again; a shallow clone is smaller",
            Kind.TRANSIENT,
        ),
        Rule(
            "hung up unexpectedly",
            r"fatal: [Tt]he remote end hung up unexpectedly",
            72,
            "the transfer broke off",
            "try again",
            Kind.TRANSIENT,
        ),
        Rule(
            "smudge filter lfs failed",
            r"smudge filter lfs failed",
            76,
            "a large file cannot be fetched",
            "git lfs install; is the quota used up?",
            before=3,
        ),
        Rule(
            "[rejected]",
            r"! \[(?:remote )?rejected\] (?P<what>.{1,200})",
            85,
            "the push is refused: {what}",
            "fetch and rebase first",
        ),
        Rule(
            "pre-receive hook declined",
            r"pre-receive hook declined",
            82,
            "the server's hook refuses the push",
            before=_HOOK,
        ),
        Rule("fatal: clone of", r"fatal: clone of '.{1,200}' into submodule path", 40),
        Rule("fatal: ", r"^fatal: (?P<what>.{3,300})", 74, "git: {what}"),
    ),
    _explains,
)
