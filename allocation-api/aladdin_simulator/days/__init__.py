"""The passing of days: business days, the walk of prices, and the book that moves on with both."""
