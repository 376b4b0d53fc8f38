"""The host process of a job: queue, start, and the final state that no process inside could record."""
