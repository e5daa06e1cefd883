"""Trading: commits of previews, changes and cancellations of orders, all through one order gateway."""
