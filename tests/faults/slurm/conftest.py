"""The cluster and the projects of the integration tests, for faults."""

from tests.integration.slurm.conftest import complete_slurm, on_cluster, on_complete_cluster, slurm

__all__ = ["complete_slurm", "on_cluster", "on_complete_cluster", "slurm"]
