"""SnapTrade: brokerage accounts of users, by its published SDK."""
