"""Propose newer pins: ask the publishers, show what would change and be built again, and write it if asked to."""
