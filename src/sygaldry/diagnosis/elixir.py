"""Elixir and Erlang: mix, ExUnit, rebar3, dialyzer, crashes."""

from typing import Final

from sygaldry.diagnosis import Family, Rule

FAMILY: Final = Family(
    "Elixir and Erlang",
    (
        Rule("** (", r"^\s{0,8}\*\* \((?P<kind>[\w.]{1,80})\) (?P<what>.{1,300})", 84, "{kind}: {what}", after=2),
        Rule(
            ") test ",
            r"^\s{1,4}\d+\) (?:test|property|doctest) (?P<what>.{1,200}) \((?P<where>[\w.]{1,100})\)",
            84,
            "the test “{what}” fails",
            after=6,
        ),
        Rule(
            "error: ",
            r"^\s{0,6}error: (?P<what>(?:undefined (?:function|variable|module attribute)|module \S{1,100} is not|cannot (?:compile|invoke|use)|invalid (?:call|syntax)|syntax error before|unexpected (?:token|operator|reserved)).{0,250})",
            80,
            "{what}",
            after=5,
        ),
        Rule(
            "unchecked dependencies",
            r"Unchecked dependencies for environment",
            80,
            "dependencies are missing or stale",
            "mix deps.get",
            after=3,
        ),
        Rule(
            "failed to fetch record",
            r"(?P<what>Failed to fetch record for .{1,160})",
            84,
            "Hex cannot be reached, or the package does not exist",
        ),
        Rule(
            "===> ",
            r"^===> (?P<what>(?:Compiling .{1,100} failed|Unable|Failed|Error|Package not found|Dependency).{0,250})",
            78,
            "rebar3: {what}",
            after=4,
        ),
        Rule(
            "could not compile dependency",
            r"could not compile dependency :(?P<what>\S+)",
            44,
            "{what} does not compile",
        ),
        Rule("mix.error", r"\*\* \(Mix\) (?P<what>.{1,250})", 80, "mix: {what}", after=3),
        Rule("crash report", r"=(?:CRASH|ERROR) REPORT=", 60, "an Erlang process crashed", after=4),
        Rule("{error,", r"\{error,.{1,250}", 52, ""),
        Rule(" tests, ", r"^\d+ (?:doctests?, )?.{0,40}tests?, [1-9]\d* failures?", 30),
    ),
)
