"""Inspect, diagnose and validate the GPUs."""
