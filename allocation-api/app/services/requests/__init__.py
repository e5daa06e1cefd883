"""Requests: idempotency keys, user activity, use of the screens, rate limits, places at the vendor."""
