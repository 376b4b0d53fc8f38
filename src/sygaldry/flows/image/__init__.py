"""Build, inspect and remove the container image."""
