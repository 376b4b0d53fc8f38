"""webpack, Vite, Rollup, esbuild, Next, Babel, Sass, Metro."""

from typing import Final

from sygaldry.diagnosis import Family, Rule

FAMILY: Final = Family(
    "bundlers",
    (
        Rule(  # of PostCSS, as css-loader prints it
            "syntax error: ",
            r"^Syntax error: (?P<where>\S.{0,300}\.(?:css|scss|sass|less|vue)) (?P<what>\S.{3,300})",
            84,
            "{where} cannot be compiled: {what}",
        ),
        Rule(
            "module not found",
            r"Module not found: (?:Error: )?(?:Can't|Cannot) resolve '(?P<what>[^']{1,200})'(?: in '(?P<where>[^']{1,300})')?",
            87,
            "the bundler cannot resolve {what}",
            "install it, or correct the path (case counts)",
        ),
        Rule(
            "module not found",
            r"Module not found: (?P<what>.{1,300})",
            80,
            "the bundler cannot resolve a module",
            before=1,
        ),
        Rule(
            "module build failed",
            r"Module build failed(?: \(from (?P<where>[^)]{1,200})\))?: ?(?P<what>.{0,300})",
            78,
            "a loader fails: {what}",
            after=2,
        ),
        Rule(
            "module parse failed",
            r"Module parse failed: (?P<what>.{1,300})",
            82,
            "the bundler cannot parse a file: {what}",
            "is a loader for it configured?",
            after=3,
        ),
        Rule(
            "failed to resolve import",
            r"(?:Rollup )?[Ff]ailed to resolve import \"(?P<what>[^\"]{1,200})\" from \"(?P<where>[^\"]{1,200})\"",
            87,
            "the bundler cannot resolve {what}",
            "install it, or correct the path",
        ),
        Rule(
            "failed to resolve",
            r"(?:Rollup|\[vite\S*\]).{0,60}[Ff]ailed to resolve (?P<what>.{1,200})",
            84,
            "the bundler cannot resolve {what}",
        ),
        Rule(
            "could not resolve",
            r"Could not resolve [\"'](?P<what>[^\"']{1,200})[\"'](?: (?:from|in) [\"']?(?P<where>[^\"'\s]{1,200}))?",
            86,
            "the bundler cannot resolve {what}",
            "install it, or correct the path",
            after=2,
        ),
        Rule(
            "is not exported by",
            r"(?<![\w$*])(?P<what>[\w$*]{1,80})\"? is not exported by \"?(?P<where>[^\"\s,]{1,200})",
            87,
            "{where} exports no {what}",
        ),
        Rule("[error]", r"✘ \[ERROR\] (?P<what>.{1,300})", 83, "esbuild: {what}", after=3),
        Rule(
            "[vite]",
            r"\[vite(?::[\w-]{1,40})?\](?: \w+:)? (?P<what>.{0,40}(?:[Ee]rror|failed|Could not|cannot).{0,300})",
            76,
            "Vite: {what}",
        ),
        Rule("error during build", r"error during build:", 52, "", after=4),
        Rule("[!]", r"^\[!\] (?P<what>.{3,300})", 80, "Rollup: {what}", after=3),
        Rule("error in ", r"^ERROR in (?P<where>\S{1,300})(?P<what>.{0,200})", 66, "webpack fails in {where}", after=4),
        Rule("failed to compile", r"Failed to compile\.?", 44, "", after=5),
        Rule(
            "syntaxerror",
            r"(?<!\S)(?P<where>\S{1,300}): (?:Unexpected token|Unterminated|Missing semicolon|Identifier '.{1,60}' has already).{0,200}\(\d+:\d+\)",
            85,
            "{where} cannot be parsed",
        ),
        Rule(
            "prerender",
            r"Error occurred prerendering page \"(?P<where>[^\"]{1,200})\"",
            74,
            "the page {where} cannot be rendered",
            after=3,
        ),
        Rule("sasserror", r"SassError: (?P<what>.{1,300})", 84, "Sass: {what}", after=3),
        Rule(
            "unable to resolve module",
            r"Unable to resolve module [`'\"]?(?P<what>[^`'\"\s]{1,200})[`'\"]? from [`'\"]?(?P<where>[^`'\"\s]{1,200})",
            86,
            "Metro cannot resolve {what}",
        ),
        Rule(
            "configuration object",
            r"Invalid configuration object\. (?P<what>.{1,200})",
            84,
            "webpack's configuration is not valid",
            after=3,
        ),
    ),
)
