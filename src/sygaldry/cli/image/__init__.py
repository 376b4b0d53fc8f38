"""Build, inspect and remove the image."""
