"""Authentication and authorisation: users, permissions and sessions."""
