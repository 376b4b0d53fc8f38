"""The host process of a job: queue, start, and the final state that nobody inside could record."""
