"""Runs beside the job, inside the container or sandbox: a program of its own.

    python3 -I -S supervise.py SPEC.json

Standard library only, Python 3.8 or newer, no threads; it imports nothing else of ours. The files it writes are
described in docs/reference/job-ledger.md. The host side shares `run_files`, `ledger` and `status_line` with it.
"""
