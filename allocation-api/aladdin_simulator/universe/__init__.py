"""Books made up from a seed."""
