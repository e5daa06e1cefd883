"""The audit trail: one chain of hashes, how it is stored, and how it is verified."""
