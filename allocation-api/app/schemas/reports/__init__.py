"""Reports as they leave the service, and what they are asked for."""
