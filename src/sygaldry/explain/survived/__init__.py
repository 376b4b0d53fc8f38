"""Signs that a job survived an error: it went on, says so, tidies up, or failed later for a reason of its own.

`errors` weighs the signs of single errors, `tracebacks`, `logged_tracebacks`, `own_endings` and
`exit_reports` find whole tracebacks; `rank` takes what they cost from the scores of the candidates.
"""
