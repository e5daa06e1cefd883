"""Orders: previews committed, orders changed and cancelled, through one gateway."""
