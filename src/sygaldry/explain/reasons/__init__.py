"""Why an error happened, where another line has the reason: above a wrapper, below an announcement, in other output.

A module knows one relation between two lines of a log. `all_reasons` asks them in turn; `find_cause` itself asks
`failed_tests` and `failed_providers`, which need the whole cause.
"""
