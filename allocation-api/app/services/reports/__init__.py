"""Reports: what was allocated, filled and paid, read from what is stored."""
