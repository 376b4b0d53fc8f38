"""Ruby: Bundler, gems and extensions, RSpec, minitest, Rake, Rails."""

from typing import Final

from sygaldry.diagnosis import Family, Rule

FAMILY: Final = Family(
    "Ruby",
    (
        Rule(
            "could not find gem",
            r"(?P<what>Could not find (?:compatible versions for )?gem .{1,200})",
            86,
            "Bundler: {what}",
            "bundle update of that gem; check the source",
            after=4,
        ),
        Rule(
            "could not find compatible versions",
            r"(?:Bundler c|C)ould not find compatible versions",
            82,
            "Bundler finds no versions that fit together",
            after=6,
        ),
        Rule(
            "bundler could not find",
            r"Bundler could not find compatible versions for gem \"(?P<what>[^\"]{1,80})\"",
            86,
            "Bundler finds no version of {what} that fits",
            after=6,
        ),
        Rule(
            "in any of the sources",
            r"Could not find (?P<what>\S{1,120}) in (?:any of the sources|locally installed gems)",
            87,
            "no source has {what}",
            "bundle install",
        ),
        Rule(
            "your ruby version is",
            r"(?P<what>Your Ruby version is \S+, but your Gemfile specified .{1,60})",
            90,
            "{what}",
        ),
        Rule("requires ruby version", r"(?<!\S)(?P<what>\S{1,100} requires (?:R|r)uby version .{1,100})", 88, "{what}"),
        Rule(
            "failed to build gem native extension",
            r"Failed to build gem native extension",
            50,
            "a gem's extension does not build",
        ),
        Rule(
            "an error occurred while installing",
            r"An error occurred while installing (?P<what>\S{1,80} \(.{1,40}\))",
            48,
            "{what} cannot be installed",
        ),
        Rule("failure/error:", r"^\s+Failure/Error: (?P<what>.{1,300})", 84, "an example fails", before=1, after=4),
        Rule("failure:", r"^\s{0,4}(?:\d+\) )?Failure:\s*$", 82, "a test fails", after=4),
        Rule("error:", r"^\s{0,4}\d+\) Error:\s*$", 82, "a test breaks", after=3),
        Rule("rspec ./", r"^rspec (?P<where>\./\S{1,200}) # (?P<what>.{1,200})", 56, "the example {where} fails"),
        Rule(
            "error occurred outside of examples",
            r"An error occurred (?:while loading|in an? `?\w+).{0,160}",
            78,
            "a spec cannot be loaded",
            after=4,
        ),
        Rule("rake aborted!", r"^rake aborted!", 70, "rake stops", after=3),
        Rule(
            "loaderror",
            r"(?P<what>(?:cannot load such file -- \S{1,100}).{0,60})",
            86,
            "a file or gem is missing",
        ),
        Rule(
            "cannot load such file",
            r"cannot load such file -- (?P<what>\S{1,120})",
            86,
            "{what} does not exist",
            "is its gem in the Gemfile?",
        ),
        Rule("nomethoderror", r"(?P<what>NoMethodError.{0,250}|undefined method .{1,200}\(NoMethodError\))", 84, ""),
        Rule(
            "undefined method",
            r"(?<!\S)(?P<where>\S{1,200}:\d+):in .{1,100}: undefined (?:local variable or )?method (?P<what>.{1,200})",
            85,
            "{where} calls an undefined method",
        ),
        Rule(
            ":in ",
            r"^(?P<where>\S{1,200}\.rb:\d+):in [`'].{1,100}': (?P<what>.{3,300}) \((?P<kind>\w[\w:]{1,80})\)",
            85,
            "{where}: {what}",
        ),
        Rule("uninitialized constant", r"(?P<what>uninitialized constant \S{1,100})", 84, "{what}"),
        Rule("examples, ", r"^\d+ examples?, [1-9]\d* failures?", 36),
        Rule(" assertions, ", r"^\d+ (?:runs|tests), \d+ assertions, .{1,80}", 28),
        Rule("offenses detected", r"^\d+ files inspected, [1-9]\d* offenses?", 40),
    ),
)
