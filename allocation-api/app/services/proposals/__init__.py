"""Rebalancing proposals: trades that bring accounts back to their targets, stored, and made into blotters."""
