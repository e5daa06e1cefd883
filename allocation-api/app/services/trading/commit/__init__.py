"""The commit saga: durable steps from a preview to one order at Aladdin, and recovery from any of them."""
