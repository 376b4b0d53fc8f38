"""Build and look after the image."""
