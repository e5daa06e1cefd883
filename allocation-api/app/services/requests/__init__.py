"""Idempotency keys and user activity."""
