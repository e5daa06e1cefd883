"""Background jobs and the scheduler that runs them."""
