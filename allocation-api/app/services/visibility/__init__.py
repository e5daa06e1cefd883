"""Visibility: what a user who is limited to portfolio groups may see, as a value and as SQL conditions."""
