"""The vendor: structs of its wire, the one client, and the mapping to our domain types."""
