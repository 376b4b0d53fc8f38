"""Start a command in the environment."""
