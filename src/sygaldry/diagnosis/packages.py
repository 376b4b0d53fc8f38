"""Package managers of systems: apt and dpkg, dnf, apk, pacman, Homebrew, conda, vcpkg, Conan."""

from typing import Final

from sygaldry.diagnosis import Family, Kind, Rule

FAMILY: Final = Family(
    "package managers",
    (
        Rule("unable to locate package", r"E: Unable to locate package (?P<what>\S+)", 88, "apt knows no package {what}", "apt-get update; is it in this release?"),
        Rule("has no installation candidate", r"E: Package '(?P<what>[^']{1,80})' has no installation candidate", 88, "apt has no {what} to install", "apt-get update; is it in this release?"),
        Rule("e: version", r"E: Version '(?P<what>[^']{1,80})' for '(?P<where>[^']{1,80})' was not found", 88, "apt has no version {what} of {where}"),
        Rule("e: failed to fetch", r"E: Failed to fetch (?P<what>\S{1,200}) +(?P<why>.{0,160})", 85, "apt cannot fetch: {why}", "apt-get update first; check the mirror", Kind.TRANSIENT),
        Rule("does not have a release file", r"E: The repository '(?P<what>[^']{1,160})' (?:does not have|no longer has) a Release file", 87, "apt's source {what} is gone"),
        Rule("not signed", r"(?P<what>.{0,160}(?:NO_PUBKEY|is not signed|public key is not available).{0,120})", 84, "apt does not know the key of a source"),
        Rule("could not get lock", r"E: Could not get lock (?P<what>\S+)", 86, "another apt runs", "wait for it", Kind.TRANSIENT),
        Rule("unmet dependencies", r"The following packages have unmet dependencies:", 84, "apt cannot satisfy the dependencies", after=4),
        Rule("held broken packages", r"E: Unable to correct problems, you have held broken packages", 62, "apt cannot satisfy the dependencies", before=4),
        Rule("dpkg: error", r"dpkg: error(?: processing (?:package|archive) (?P<what>\S+))?.{0,160}", 80, "dpkg cannot install {what}", after=2),
        Rule("sub-process", r"E: Sub-process .{1,80} returned an error code", 36),
        Rule("e: ", r"^E: (?P<what>.{3,250})", 70, "apt: {what}"),
        Rule("no match for argument", r"(?:No match for argument|Unable to find a match): (?P<what>.{1,120})", 87, "dnf knows no package {what}"),
        Rule("unsatisfiable constraints", r"ERROR: unable to select packages:|unsatisfiable constraints:", 86, "apk cannot satisfy the dependencies", after=3),
        Rule("unable to select packages", r"ERROR: unable to select packages:", 86, "apk cannot satisfy the dependencies", after=3),
        Rule("target not found", r"error: target not found: (?P<what>\S+)", 88, "pacman knows no {what}"),
        Rule("packagesnotfounderror", r"PackagesNotFoundError: (?P<what>.{1,160})", 86, "conda finds no such package", "check name, channels and platform", after=3),
        Rule("resolvepackagenotfound", r"ResolvePackageNotFound:", 86, "conda finds no such package", "check name, channels and platform", after=3),
        Rule("unsatisfiableerror", r"UnsatisfiableError: (?P<what>.{1,160})", 84, "conda finds no versions that fit together", after=5),
        Rule("libmambaunsatisfiableerror", r"LibMambaUnsatisfiableError: (?P<what>.{1,160})", 85, "conda finds no versions that fit together", after=5),
        Rule("nothing provides", r"(?P<what>.{0,60}nothing provides .{1,160})", 85, "a package is in no channel or repository"),
        Rule("condahttperror", r"CondaHTTPError: (?P<what>.{1,160})", 82, "conda cannot download", "", Kind.TRANSIENT),
        Rule("error: building", r"error: building (?P<what>\S{1,80}) failed with: BUILD_FAILED", 50, "vcpkg cannot build {what}", after=3),
        Rule("error: package", r"ERROR: (?:Package '(?P<what>[^']{1,100})'|Missing binary|Missing prebuilt).{0,200}", 80, "Conan: {what}"),
        Rule("no available formula", r"(?P<what>(?:Warning|Error): No available formula.{1,160})", 86, "Homebrew knows no such formula"),
        Rule("hash sum mismatch", r"(?P<what>.{0,160}Hash Sum mismatch)", 84, "a mirror is being updated", "try again later", Kind.TRANSIENT),
    ),
)
