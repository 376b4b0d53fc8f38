"""Export an image as an OCI layout or into a registry, with what is known about it."""
