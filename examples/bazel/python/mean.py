"""The arithmetic mean."""


def mean(values):
    """Return the mean of at least one number."""
    return sum(values) / len(values)
