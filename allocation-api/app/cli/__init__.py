"""Commands: thin, each over one service."""
