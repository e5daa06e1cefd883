"""Backtests of strategies by market history, as jobs, with their grids, comparisons and tables."""
