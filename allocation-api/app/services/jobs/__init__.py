"""Jobs: work that takes longer than a request. A table is the queue, workers do it under a lease."""
