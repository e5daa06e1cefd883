"""Daily prices by symbol: imports that supersede and never overwrite, and what is read and measured of them.

Whoever reads may say `known_at`: what had not arrived by then is not there, so that a calculation can be
repeated as it was. Nothing is filled unless it is asked for.
"""
