"""A project's storage: one file per verb."""
