"""Risk of a portfolio of stated weights, from market history: measures, where they come from, and stress.

`sample` turns prices into returns on common days, the kernels of risk measure, and `service` puts dates,
units and symbols to what they say.
"""
