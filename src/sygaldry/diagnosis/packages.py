"""Package managers of systems: apt and dpkg, dnf, apk, pacman, Homebrew, conda, vcpkg, Conan."""

from typing import Final

from sygaldry.diagnosis import Explanation, Family, Hit, Kind, Rule, Window
from sygaldry.model.lazy_pattern import lazy_pattern

_APT_LACKS: Final = ("unable to locate package", "has no installation candidate", "e: version")
_UNREACHED: Final = lazy_pattern(
    r"^(?:[#\d. ]{0,20} )?(?:W: (?:Failed to fetch|Some index files failed)|Err:\d|  ?(?:Temporary failure|Could not|Cannot|Connection|Unable to connect))"
)
_WHY: Final = lazy_pattern(
    r"(?:Temporary failure resolving|Could not (?:resolve|connect)|Cannot initiate the connection|Connection (?:failed|refused|timed out)|Unable to connect).{0,160}"
)
_FETCHED: Final = lazy_pattern(r"(?:^|\s)(?:Get|Hit):\d{1,4} \w{3,6}:")


def _explains(hit: Hit, window: Window) -> Explanation | None:
    """Where apt could fetch no list of packages just before, that is why it knows no package."""
    rule = hit.rule
    above = window.lines[max(window.index - rule.before, 0) : window.index]
    below = window.lines[window.index + 1 : window.index + 1 + rule.after]
    lines = tuple(line for line in (*above, hit.line, *below) if line.text.strip())
    if rule.literal not in _APT_LACKS:
        return Explanation(lines)
    before = window.lines[: window.index]
    unreached = [line for line in before if _UNREACHED.search(line.text) and _WHY.search(line.text)]
    if not unreached or any(_FETCHED.search(line.text) for line in before[before.index(unreached[0]) :]):
        return Explanation(lines)
    reason = unreached[-1]
    why = _WHY.search(reason.text)
    return Explanation(
        (reason, *lines),
        says=f"apt cannot fetch its lists of packages: {why[0] if why else reason.text.strip()}",
        remedy="check the network and the mirror; is there a network during the build?",
    )


FAMILY: Final = Family(
    "package managers",
    (
        Rule(
            "unable to locate package",
            r"(?:E|^): Unable to locate package (?P<what>\S+)",
            88,
            "apt has no package {what}",
            "apt-get update; is it in this release?",
        ),
        Rule(
            "has no installation candidate",
            r"(?:E|^): Package '(?P<what>[^']{1,80})' has no installation candidate",
            88,
            "apt has no {what} to install",
            "apt-get update; is it in this release?",
        ),
        Rule(
            "e: version",
            r"E: Version '(?P<what>[^']{1,80})' for '(?P<where>[^']{1,80})' was not found",
            88,
            "apt has no version {what} of {where}",
        ),
        Rule(
            "e: failed to fetch",
            r"E: Failed to fetch (?P<what>\S{1,200}) +(?P<why>.{0,160})",
            85,
            "apt cannot fetch: {why}",
            "apt-get update first; check the mirror",
            Kind.TRANSIENT,
        ),
        Rule(
            "does not have a release file",
            r"E: The repository '(?P<what>[^']{1,160})' (?:does not have|no longer has) a Release file",
            87,
            "apt's source {what} is gone",
        ),
        Rule(
            "not signed",
            r"(?P<what>(?:NO_PUBKEY|is not signed|public key is not available).{0,120})",
            84,
            "apt does not know the key of a source",
        ),
        Rule(
            "could not get lock",
            r"E: Could not get lock (?P<what>\S+)",
            86,
            "another apt runs",
            "wait for it",
            Kind.TRANSIENT,
        ),
        Rule(
            "unmet dependencies",
            r"The following packages have unmet dependencies:",
            84,
            "apt cannot satisfy the dependencies",
            after=4,
        ),
        Rule(
            "held broken packages",
            r"E: Unable to correct problems, you have held broken packages",
            62,
            "apt cannot satisfy the dependencies",
            before=4,
        ),
        Rule(
            "dpkg: error",
            r"dpkg: error(?: processing (?:package|archive) (?P<what>\S+))?.{0,160}",
            80,
            "dpkg cannot install {what}",
            after=2,
        ),
        Rule("sub-process", r"E: Sub-process .{1,80} returned an error code", 36),
        Rule("e: ", r"^E: (?P<what>.{3,250})", 70, "apt: {what}"),
        Rule(
            "no match for argument",
            r"(?:No match for argument|Unable to find a match): (?P<what>.{1,120})",
            87,
            "dnf has no package {what}",
        ),
        Rule(
            "problem",
            r"^\s{0,4}Problem(?: \d{1,3})?: (?P<what>(?!conflicting requests)(?:package|problem with|cannot install|The operation).{3,300})",
            84,
            "dnf finds no versions that fit together: {what}",
            after=1,
        ),
        Rule(
            "no more mirrors to try",
            r"\[FAILED\] (?P<what>\S{1,160}): No more mirrors to try",
            86,
            "no mirror delivers {what}",
            "try again later, or another mirror",
            Kind.TRANSIENT,
            before=1,
        ),
        Rule(
            "error downloading packages",
            r"^Error: Error downloading packages:",
            78,
            "dnf cannot download packages",
            "try again later, or another mirror",
            Kind.TRANSIENT,
            after=1,
        ),
        Rule(
            "unsatisfiable constraints",
            r"ERROR: unable to select packages:|unsatisfiable constraints:",
            86,
            "apk cannot satisfy the dependencies",
            after=3,
        ),
        Rule(
            "unable to select packages",
            r"ERROR: unable to select packages:",
            86,
            "apk cannot satisfy the dependencies",
            after=3,
        ),
        Rule("target not found", r"error: target not found: (?P<what>\S+)", 88, "pacman knows no {what}"),
        # A job's script goes on after this one, and the environment of the login shell is often enough.
        Rule(
            "commandnotfounderror",
            r"CommandNotFoundError: (?P<what>Your shell has not been properly configured .{1,100})",
            62,
            "conda is not set up in this shell",
            "source $(conda info --base)/etc/profile.d/conda.sh",
        ),
        Rule(
            "lmod has detected the following error",
            r"Lmod has detected the following error: (?P<what>.{1,200})",
            78,
            "the module system: {what}",
            "module spider lists the modules and what they need",
            after=2,
        ),
        Rule(
            "unable to locate a modulefile for",
            r"ERROR: Unable to locate a modulefile for '(?P<what>[^']{1,120})'",
            78,
            "there is no module {what}",
            "module avail lists the modules",
        ),
        Rule(
            "packagesnotfounderror",
            r"PackagesNotFoundError: (?P<what>.{1,160})",
            86,
            "conda cannot find the package",
            "check name, channels and platform",
            after=3,
        ),
        Rule(
            "resolvepackagenotfound",
            r"ResolvePackageNotFound:",
            86,
            "conda cannot find the package",
            "check name, channels and platform",
            after=3,
        ),
        Rule(
            "unsatisfiableerror",
            r"UnsatisfiableError: (?P<what>.{1,160})",
            84,
            "conda finds no versions that fit together",
            after=5,
        ),
        Rule(
            "libmambaunsatisfiableerror",
            r"LibMambaUnsatisfiableError: (?P<what>.{1,160})",
            85,
            "conda finds no versions that fit together",
            after=5,
        ),
        Rule(
            "nothing provides",
            r"(?P<what>nothing provides .{1,160})",
            85,
            "a package is in no channel or repository",
        ),
        Rule("condahttperror", r"CondaHTTPError: (?P<what>.{1,160})", 82, "conda cannot download", "", Kind.TRANSIENT),
        Rule(
            "error: building",
            r"error: building (?P<what>\S{1,80}) failed with: BUILD_FAILED",
            50,
            "vcpkg cannot build {what}",
            after=3,
        ),
        Rule(
            "error: package",
            r"ERROR: (?:Package '(?P<what>[^']{1,100})'|Missing binary|Missing prebuilt).{0,200}",
            80,
            "Conan: {what}",
        ),
        Rule(
            "no available formula",
            r"(?P<what>(?:Warning|Error): No available formula.{1,160})",
            86,
            "Homebrew has no formula of that name",
        ),
        Rule(
            "hash sum mismatch",
            r"(?P<what>Hash Sum mismatch)",
            84,
            "a mirror is being updated",
            "try again later",
            Kind.TRANSIENT,
        ),
    ),
    _explains,
)
