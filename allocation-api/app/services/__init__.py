"""What the system does, without HTTP: previews, commits, orders, and what they are made of."""
