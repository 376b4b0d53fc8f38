"""Carry an environment to a machine without a network."""
