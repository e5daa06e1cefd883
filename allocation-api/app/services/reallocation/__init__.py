"""Reallocation: whether a portfolio has left its target, and which trades within liquidity bring it back.

`measured` reads market history, `targets` finds the target, `liquidity` what can be traded, and `service`
plans by the kernels, keeps what came out, and makes a blotter of it.
"""
