"""Epilogues of CI systems: they mark the end of the failing step and are rarely the cause."""

from typing import Final

from sygaldry.diagnosis import Family, Kind, Rule

FAMILY: Final = Family(
    "CI systems",
    (
        Rule(
            "no output has been received",
            r"No output has been received in the last .{1,100}",
            84,
            "the job was silent for too long and was ended",
            "print progress regularly, or raise the limit",
            Kind.RESOURCES,
            before=0,
        ),
        Rule(
            "exceeded the maximum time limit",
            r"(?P<what>exceeded the maximum (?:time limit|execution time).{0,100})",
            88,
            "the CI's time limit was reached",
            "fewer or faster steps",
            Kind.RESOURCES,
        ),
        Rule(
            "exceeded the maximum log length",
            r"(?P<what>exceeded the maximum log length.{0,60})",
            86,
            "the log grew too long for the CI",
            "print less",
        ),
        Rule(
            "has timed out after",
            r"(?P<what>The (?:action|job).{0,100}has timed out after .{1,60})",
            88,
            "the CI's time limit was reached",
            "",
            Kind.RESOURCES,
        ),
        Rule(
            "the operation was canceled",
            r"The operation was canceled",
            66,
            "the run was cancelled (a newer one, a time limit or a person)",
            "",
            Kind.TRANSIENT,
        ),
        Rule(
            "lost communication with the server",
            r"The (?:hosted )?runner.{0,80}lost communication with the server",
            86,
            "the runner was lost: memory, disk or network",
            "",
            Kind.TRANSIENT,
        ),
        Rule(
            "received a shutdown signal",
            r"runner has received a shutdown signal",
            86,
            "the runner was shut down",
            "",
            Kind.TRANSIENT,
        ),
        Rule(
            "no space left",
            r"no space left on device : '/home/runner",
            92,
            "the runner's disk is full",
            "",
            Kind.RESOURCES,
        ),
        Rule("exited with", r'^(?:The command )?"?.{0,300}"? (?:failed and )?exited with [1-9]\d{0,2}\.?', 20),
        Rule("the command exited with status", r"The command exited with status", 16),
        Rule("user command error", r"^user command error: ", 16),
        Rule("process completed with exit code", r"Process completed with exit code", 16),
        Rule("error: job failed", r"ERROR: Job failed", 16),
        Rule("your build exited with", r"Done\. Your build exited with", 10),
        Rule("your build has been stopped", r"Your build has been stopped", 12),
        Rule("script returned exit code", r"script returned exit code", 16),
        Rule("finished: failure", r"Finished: FAILURE", 10),
        Rule(
            "exited with code",
            r"(?:Exited with code|command exited with code|[Ee]xited with exit (?:code|status)) [1-9]",
            18,
        ),
        Rule("build step", r"Build step '.{1,100}' marked build as failure", 14),
        Rule("cleaning up project directory", r"Cleaning up (?:project directory|file based variables)", 6),
    ),
)
