"""Attempts that a tool repeats, set-up that is known to be noisy, and advice: none of them ends a job."""

from typing import Final

from sygaldry.explain.masks import Mask

MASK: Final = Mask(
    "retries and notices",
    (
        b"etrying",
        b"FAILED - RETRYING: ",
        b"ttempt",
        b" - sleeping",
        b"npm WARN",
        b"npm warn",
        b"debconf:",
        b"hint: ",
        b"cache",
        b"ignored)",
    ),
    passes=r"^(?!.{0,80}[Tt]imed out retrying).{0,200}\b(?i:retrying (?:in|after)|will retry|attempt \d{1,3} (?:of|/) ?\d{1,3} failed)\b"
    r"|\bFAILED - RETRYING: .{0,300}\(\d{1,6} retries left\)"
    r"|^npm (?:WARN|warn) |^debconf: |^hint: |^(?:Failed to (?:save|restore)|Unable to (?:reserve|restore)) cache\b",
    # Of several attempts, the last one may be the cause: `attempt 3/5`, not `attempt 5/5`.
    above=r"^g?make(?:\[\d+\])?: \[.{1,200}\] Error \d+ \(ignored\)$"
    r"|\b(?i:attempt) #?\d{1,3}\)?:? (?i:ok|succe\w{1,8}|passed|connected)\b"
    r"|\b(?i:attempt) #?(\d{1,3}) ?(?:/|of) ?(?!\1\b)\d{1,3}\b|\bunavailable - sleeping\b",
)
