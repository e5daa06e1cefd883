"""Blotters: many orders at once, whose lines see the trades of the lines before them."""
