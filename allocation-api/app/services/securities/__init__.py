"""Bonds: search, terms and analytics."""
