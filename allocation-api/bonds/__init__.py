"""Bond arithmetic that the service and the simulator share: terms, coupon schedule, interest.

The standard library alone: whoever computes interest anywhere computes it here.
"""
