"""Runs beside the job, inside the container or sandbox: a program of its own.

    python3 -I -S supervise.py SPEC.json

Standard library only, Python 3.8 or newer, no threads; imports nothing else of ours. What it leaves on the disk is
described in docs/reference/job-ledger.md. The host's side shares `names`, `ledger` and `line` with it.
"""
