"""Build caches: one file per verb."""
