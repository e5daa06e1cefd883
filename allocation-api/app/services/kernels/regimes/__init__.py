"""Market regimes of a crypto portfolio, over numpy arrays alone."""
