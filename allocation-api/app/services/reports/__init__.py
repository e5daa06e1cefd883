"""Reports over stored data: allocation history, fairness, first-day prices, FIX messages."""
