"""One file per verb, named as it is typed; a folder is a group of verbs.

To add a verb, write `cli/NAME.py` that exports `VERB: Final = Verb(arguments, act)`; its docstring's first line is
the summary in the help. Nothing else is edited. Heavy imports belong inside `act`: every launch pays for the others.
"""
