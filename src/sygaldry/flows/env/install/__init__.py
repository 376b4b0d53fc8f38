"""A build of an environment: plan, rounds, progress, report."""
