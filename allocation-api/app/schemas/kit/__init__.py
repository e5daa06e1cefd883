"""Fields and bases that the schemas of all rooms are made of."""
