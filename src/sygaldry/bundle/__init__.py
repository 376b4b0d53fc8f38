"""A bundle carries an environment to a machine without a network: an index, and files by their SHA-256."""
