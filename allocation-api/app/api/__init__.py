"""HTTP and nothing else: a view is parse, service, dump."""
