"""Manage the project's persistent storage."""
