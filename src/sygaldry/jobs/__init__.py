"""The ledger of jobs: what their files are called, what stands in them, and what is true of a run."""
