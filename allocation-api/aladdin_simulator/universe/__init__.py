"""Generated books, deterministic by seed."""
