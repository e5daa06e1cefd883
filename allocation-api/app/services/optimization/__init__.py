"""Portfolios by market history: weights that are best by mean and risk, with a proof, kept and replayed.

`estimate` makes mean and covariance of returns, `optimum` asks the kernels, `service` reads, keeps, replays.
"""
