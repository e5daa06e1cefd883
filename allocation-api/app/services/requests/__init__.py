"""What is remembered of requests: idempotency keys and user activity."""
