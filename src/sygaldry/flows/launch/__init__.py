"""Launch a command in the environment."""
