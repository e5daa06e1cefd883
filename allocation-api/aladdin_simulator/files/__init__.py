"""Books read from files."""
