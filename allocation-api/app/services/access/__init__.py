"""Who may do what: users, their permissions, and their sessions."""
