"""Spack: concretizer, fetch, checksum and build errors, through to the package's own log."""

from typing import Final

from sygaldry.diagnosis import Explanation, Family, Hit, Kind, Rule, Window


def _explains(hit: Hit, window: Window) -> Explanation | None:
    """Show the indented reasons below an error, and the package they are about."""
    lines = [hit.line]
    for line in window.lines[window.index + 1 : window.index + 12]:
        text = line.text.strip()
        if text.startswith(("==> Warning", "See build log")):
            break
        if text and (line.text[:1] in " \t" or text.startswith(("- ", "error:"))):
            lines.append(line)
        elif len(lines) > 1:
            break
    package = next((word for line in reversed(window.lines[: window.index]) if (word := _package(line.text))), "")
    return Explanation(tuple(lines[:5]), where=package)


def _package(text: str) -> str:
    for mark in ("==> Installing ", "==> Error: Failed to install ", "==> No binary for "):
        if text.lstrip().startswith(mark):
            return text.strip().removeprefix(mark).split(" [")[0].split(" due")[0].split(" found: ")[0]
    return ""


FAMILY: Final = Family(
    "Spack",
    (
        Rule(
            "failed to concretize",
            r"==> Error: [Ff]ailed to concretize (?P<what>.{1,200})",
            84,
            "Spack finds no versions and variants that fit together",
            "compare the reasons below with spack.yaml; spack spec -I shows more",
        ),
        Rule(
            "concretize",
            r"==> Error: (?:concretization|Concretiz).{0,40}(?:failed|error).{0,200}",
            84,
            "Spack finds no versions and variants that fit together",
        ),
        Rule(
            "cannot concretize",
            r"==> Error: (?P<what>cannot concretize .{1,300})",
            88,  # above the exceptions that a traceback shows with it
            "Spack: {what}",
        ),
        Rule(
            "unsatisfiable",
            r"UnsatisfiableSpecError|is unsatisfiable",
            80,
            "Spack finds no versions and variants that fit together",
            after=4,
        ),
        Rule(
            "cannot satisfy", r"(?P<what>[Cc]annot satisfy .{1,200})", 84, "Spack cannot satisfy a constraint: {what}"
        ),
        Rule(
            "cannot bootstrap",
            r"[Cc]annot bootstrap the \"?(?P<what>[\w.-]{1,60})\"?",
            84,
            "Spack cannot bootstrap {what} (its sources cannot be reached)",
            "spack bootstrap now where there is network, or a bootstrap mirror",
            Kind.TRANSIENT,
        ),
        Rule(
            "all fetchers failed",
            r"(?P<what>All fetchers failed.{0,120})",
            80,
            "no mirror has the package's source",
            "check the network, or add a mirror (spack mirror add)",
            Kind.TRANSIENT,
            before=3,
        ),
        Rule(
            "fetcherror",
            r"(?:Error: )?FetchError: (?P<what>.{1,300})",
            80,
            "Spack cannot fetch a source",
            "check the network, or add a mirror (spack mirror add)",
            Kind.TRANSIENT,
            before=1,
        ),
        Rule(
            "checksum verification failed",
            r"(?<!\S)(?P<what>\S{1,100} checksum failed.{0,200}|checksum verification failed.{0,200})",
            88,
            "a downloaded source is not the one that was pinned",
            "spack clean -s; compare the recipe's checksum",
            after=2,
        ),
        Rule(
            "checksumerror",
            r"ChecksumError: (?P<what>.{1,200})",
            88,
            "a downloaded source is not the one that was pinned",
            after=2,
        ),
        Rule(
            "no version",
            r"==> Error: (?P<what>.{0,60}[Nn]o (?:known |valid |safe )?versions?.{1,160})",
            84,
            "Spack: {what}",
        ),
        Rule(
            "unknownpackageerror",
            r"(?P<what>(?:UnknownPackageError|Package '\S+' not found).{0,120})",
            86,
            "Spack has no package of that name",
        ),
        Rule(
            "package",
            r"==> Error: (?P<what>(?:Package|Unknown package|Cannot find package).{1,160}(?:not found|unknown).{0,80})",
            84,
            "Spack: {what}",
        ),
        Rule("invalid variant", r"(?P<what>(?:No such|[Ii]nvalid|Unknown) variant.{1,200})", 84, "Spack: {what}"),
        Rule(
            "timed out waiting for lock",
            r"(?P<what>(?:LockTimeoutError|[Tt]imed out waiting for .{0,20}lock).{0,160})",
            80,
            "another Spack holds the lock",
            "wait for it, or find the process that holds it",
            Kind.TRANSIENT,
        ),
        Rule(
            "==> patch ",
            r"^==> Patch (?P<what>\S{1,300}) failed\.$",
            84,
            "Spack: the patch {what} does not apply",
            "compare the version with the recipe's `when` of the patch",
            before=2,
        ),
        Rule("error found in build log", r"\d+ errors? found in build log", 34),
        Rule("processerror", r"ProcessError: Command exited with status (?P<what>-?\d+)", 36, "a build command failed"),
        Rule("installation failed", r"(?:Installation request failed|Failed to install .{1,100} due to)", 34),
        Rule("due to uninstalled dependencies", r"(?:Skipping|Warning: Skipping) build of (?P<what>\S+).{0,100}", 22),
        Rule(
            "installerror", r"(?:InstallError|NoHeadersError|NoLibrariesError): (?P<what>.{1,300})", 78, "Spack: {what}"
        ),
        Rule("==> error: ", r"==> Error: (?P<what>.{3,300})", 62, "Spack: {what}"),
    ),
    _explains,
)
