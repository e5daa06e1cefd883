"""Background jobs: what one is, and what runs them."""
