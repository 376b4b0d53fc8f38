"""The image as a value: what it is made from, its key, and why one that exists does not do any more."""
