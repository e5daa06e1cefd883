"""Securities: search, terms and analytics of bonds."""
