"""Command-line tools, each a thin layer over one service."""
