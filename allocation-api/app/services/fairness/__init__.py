"""Fairness over time: the desk's policy in versions, and the ledger of what accounts are owed (R15)."""
