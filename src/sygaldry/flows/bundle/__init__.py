"""Make a bundle, look into it, verify it, and apply it on a machine without a network."""
