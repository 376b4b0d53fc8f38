"""An image as OCI documents: manifests, configuration, bills of materials and provenance, as values."""
