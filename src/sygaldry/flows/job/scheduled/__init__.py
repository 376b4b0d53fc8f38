"""What is known of jobs that a scheduler starts: the host's own record, and the scheduler's answers."""
