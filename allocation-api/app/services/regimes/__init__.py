"""Market regimes by the bars of market history: the one of today, and those of the past."""
