"""Durable jobs: one file per verb."""
