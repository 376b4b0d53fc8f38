"""Spack environments: one file per verb."""
