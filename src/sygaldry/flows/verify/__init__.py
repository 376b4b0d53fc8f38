"""Hold a machine against the lock of the project: what is equal, and exactly what is not."""
