"""Environments that stay: what `sygaldry up` started, per project."""
