"""npm, yarn, pnpm, bun and Node itself."""

from typing import Final

from sygaldry.diagnosis import Explanation, Family, Hit, Kind, Rule, Window

_ERR: Final = r"npm (?:ERR!|error) "


def _explains(hit: Hit, window: Window) -> Explanation | None:
    """Npm prints a conflict as a short tree: what is installed, and which package needs another version."""
    if "ERESOLVE" not in hit.line.text:
        return Explanation((hit.line,))
    marks = ("While resolving", "Found:", "peer ", "Could not resolve", "Conflicting peer")
    tree = [
        line for line in window.lines[window.index + 1 : window.index + 24] if any(mark in line.text for mark in marks)
    ]
    return Explanation((hit.line, *tree[:4]))


FAMILY: Final = Family(
    "npm, yarn, pnpm",
    (
        Rule(
            "eresolve",
            _ERR + r"ERESOLVE (?P<what>.{1,200})",
            86,
            "npm finds no versions that fit together",
            "update the package that needs the old peer, or use --legacy-peer-deps",
        ),
        Rule("code e", _ERR + r"code (?P<what>E\w{3,30})", 56, "npm: {what}", after=3),
        Rule(
            "e404",
            _ERR + r"404 +(?P<what>(?:Not Found|'.{1,100}' is not).{0,200})",
            84,
            "the package is not in the registry",
            "check name and version, or log in",
        ),
        Rule(
            "404 ",
            _ERR + r"404 +(?P<what>(?:Not Found|'.{1,100}').{0,200})",
            84,
            "the package is not in the registry",
            "check name and version, or log in",
        ),
        Rule(
            "etarget",
            _ERR + r"(?P<what>No matching version found for .{1,120})",
            87,
            "{what}",
            "check the version",
        ),
        Rule(
            "no matching version",
            r"(?P<what>No matching version found for .{1,120})",
            84,
            "{what}",
            "check the version",
        ),
        Rule(
            "ebadengine",
            r"(?P<what>(?:code EBADENGINE|Unsupported engine|Not compatible with your version of node).{0,200})",
            80,
            "another Node version is wanted",
            "node --version against engines in package.json",
            after=3,
        ),
        Rule(
            "engine",
            r"error .{0,120}[Tt]he engine \"(?P<what>[^\"]{1,20})\" is incompatible.{0,200}",
            86,
            "another version of {what} is wanted",
        ),
        Rule(
            "missing script",
            r"(?:[Mm]issing script:? \"?(?P<what>[\w:.-]{1,80}))",
            88,
            "package.json has no script {what}",
        ),
        Rule(
            "can only install packages when",
            r"`npm ci` can only install packages when your package\.json and package-lock\.json",
            87,
            "package-lock.json does not fit package.json",
            "npm install, and commit the lock",
            after=4,
        ),
        Rule(
            "frozen-lockfile",
            r"(?P<what>(?<!--)frozen[- ]lockfile\b.{0,200})",
            84,
            "the lock file does not fit package.json",
            "install without --frozen-lockfile, and commit the lock",
        ),
        Rule(
            "your lockfile needs to be updated",
            r"Your lockfile needs to be updated",
            86,
            "yarn.lock does not fit package.json",
            "yarn install, and commit the lock",
        ),
        Rule("err_pnpm", r"ERR_PNPM_(?P<what>\w{1,60}).{0,300}", 82, "pnpm: {what}", after=3),
        Rule(
            "yn0",
            r"➤ YN0\d{3}: .{0,20}(?P<what>.{0,300}(?:can't|cannot|failed|doesn't|not found|forbidden|Invalid).{0,200})",
            78,
            "yarn: {what}",
        ),
        Rule(
            "couldn't find package",
            r"[Cc]ouldn't find (?:package|any versions for) (?P<what>.{1,200})",
            86,
            "the registry has no {what}",
        ),
        Rule(
            "integrity",
            r"(?P<what>(?:EINTEGRITY|Integrity check failed).{0,200})",
            84,
            "a downloaded package is not the one in the lock",
            "npm cache clean --force",
        ),
        Rule(
            "cannot find module",
            r"Error: Cannot find module '(?P<what>[^']{1,200})'",
            87,
            "the module {what} does not exist",
            "npm install; check the path",
            after=2,
        ),
        Rule(
            "cannot find package",
            r"Cannot find package '(?P<what>[^']{1,100})'(?: imported from (?P<where>\S+))?",
            87,
            "the package {what} is not installed",
            "npm install {what}",
        ),
        Rule(
            "err_require_esm",
            r"ERR_REQUIRE_ESM|require\(\) of ES Module",
            84,
            "a module is ESM only and is loaded with require()",
            "import it, or take an older version",
        ),
        Rule(
            "err_ossl_evp_unsupported",
            r"ERR_OSSL_EVP_UNSUPPORTED|digital envelope routines::unsupported",
            88,
            "this Node's OpenSSL lacks the hash an old webpack asks for",
            "NODE_OPTIONS=--openssl-legacy-provider, or newer webpack",
        ),
        Rule(
            "heap",
            r"(?P<what>(?:Reached heap limit|CALL_AND_RETRY_LAST|JavaScript heap out of memory).{0,120})",
            90,
            "Node ran out of heap",
            "NODE_OPTIONS=--max-old-space-size=4096",
            Kind.RESOURCES,
        ),
        Rule(
            "gyp err!",
            r"gyp ERR! (?P<what>find Python|find VS|stack Error: (?!.make).{1,200}|not ok|build error|configure error)",
            52,
            "a native module does not build: {what}",
        ),
        Rule("uncaughtexception", r"(?P<what>Uncaught ?Exception.{1,200})", 74, ""),
        Rule("error [err_", r"^(?:\w*Error) \[(?P<what>ERR_\w{1,60})\]: .{1,300}", 82, "Node: {what}"),
        Rule(
            "unhandledpromiserejection",
            r"UnhandledPromiseRejection\w*: ?(?P<what>.{1,300})",
            72,
            "unhandled promise rejection",
        ),
        Rule("elifecycle", _ERR + r"ELIFECYCLE|ELIFECYCLE", 24),
        Rule(
            "command failed",
            r"(?:error Command failed with exit code|npm (?:ERR!|error) command failed|npm (?:ERR!|error) Lifecycle script)",
            24,
        ),
        Rule("a complete log of this run", r"A complete log of this run can be found", 4),
        Rule(
            "err! errno",
            _ERR
            + r"(?:errno|syscall|path|cwd|command|stack|A complete|node v|npm v|Linux|Exit status|Test failed|\S+@\S+ \w+:)",
            14,
        ),
        Rule("npm err", _ERR + r"(?P<what>\S.{3,300})", 47, ""),
        Rule("npm error", _ERR + r"(?P<what>\S.{3,300})", 47, ""),
    ),
    _explains,
)
