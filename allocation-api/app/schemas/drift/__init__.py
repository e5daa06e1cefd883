"""Allocation drift."""
