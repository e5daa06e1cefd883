"""Orders at Aladdin: read, changed, cancelled, synchronised, and their fills allocated."""
