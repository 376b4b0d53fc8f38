"""Look after the project's lasting storage."""
