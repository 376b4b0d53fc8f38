"""Run jobs that outlive terminals and agents, and ask about them."""
