"""The full-screen view of all jobs: its state, what keys do to it, and how it is drawn."""
