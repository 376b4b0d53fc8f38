"""The cluster and the projects of the integration tests, for faults."""

from tests.integration.slurm.conftest import on_cluster, slurm

__all__ = ["on_cluster", "slurm"]
