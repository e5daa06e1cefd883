"""Execution at brokers: one port, the paper broker that is embedded, and adapters of others."""
