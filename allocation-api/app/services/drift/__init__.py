"""Allocation drift: how far portfolios are from their targets, and what brings them back."""
