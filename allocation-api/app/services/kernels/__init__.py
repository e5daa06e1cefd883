"""Numerical kernels: numpy, scipy and the standard library only."""
