"""The arithmetic mean."""


def mean(values: list[float]) -> float:
    """Return the mean of at least one number."""
    return sum(values) / len(values)
