"""The cause that a log is given, for tests that expect one."""

from sygaldry import explain
from sygaldry.diagnosis import Cause, Facts, Memory


def explained(log: str, code: int = 1) -> Cause:
    """Explain a log that has a cause."""
    cause = explain.explain(Memory(log.encode()), Facts(code))
    assert cause is not None
    return cause
