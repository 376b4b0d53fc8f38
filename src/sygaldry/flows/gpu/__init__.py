"""GPU verdicts: one file per verb."""
