"""One file per verb: build a plan from the rooms below, act through host, return a report.

A flow takes what it needs of the machine as arguments, so that a test can pass its own.
"""
