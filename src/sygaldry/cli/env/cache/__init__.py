"""Build caches: what they have of a lock, pushing, fetching and keys."""
