"""Between the socket and the vendor's operations: who may come in, what goes wrong on demand, and a log."""
