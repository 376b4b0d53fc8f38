"""The ledger of jobs: file names, file formats, and the state of a run."""
