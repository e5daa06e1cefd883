"""Front of the simulator: authentication, fault injection and request log."""
