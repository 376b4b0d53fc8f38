"""What all tests share: property tests do not fail because the machine is busy."""

from hypothesis import HealthCheck, settings

# The clock decides about both: on a machine that also builds they fail tests that are right.
settings.register_profile("steady", deadline=None, suppress_health_check=(HealthCheck.too_slow,))
settings.load_profile("steady")
