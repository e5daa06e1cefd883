"""Commit saga: durable steps from a preview to one order at Aladdin, and recovery after any of them."""
