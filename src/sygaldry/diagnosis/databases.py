"""Servers of databases: MariaDB, PostgreSQL, Redis."""

from typing import Final

from sygaldry.diagnosis import Family, Rule

FAMILY: Final = Family(
    "databases",
    (
        Rule(
            " [error] ",
            r"^\d{4}-\d\d-\d\d +\d{1,2}:\d\d:\d\d \d{1,12} \[ERROR\] (?P<what>(?!Aborting).{3,300})",
            72,
            "MariaDB: {what}",
        ),
        Rule(
            "fatal:  ",
            r"\[\d{1,8}\](?: \S{1,60})? (?:FATAL|PANIC):  (?P<what>.{3,300})",
            70,
            "PostgreSQL: {what}",
            after=1,
        ),
        Rule(
            "fatal config file error",
            r"^\W{0,4}FATAL CONFIG FILE ERROR",
            80,
            "Redis cannot read its configuration",
            after=3,
        ),
    ),
)
