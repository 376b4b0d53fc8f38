"""What all tests share: a busy machine fails no property test, and how pytest was started changes no signal."""

import signal

from hypothesis import HealthCheck, settings

# The clock decides about both: on a machine that also builds they fail tests that are right.
settings.register_profile("steady", deadline=None, suppress_health_check=(HealthCheck.too_slow,))
settings.load_profile("steady")

# nohup, a script's `&` and some CI systems start programs with signals ignored, which every program that a test starts
# would inherit.
for _number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2):
    if signal.getsignal(_number) is signal.SIG_IGN:
        signal.signal(_number, signal.default_int_handler if _number is signal.SIGINT else signal.SIG_DFL)
