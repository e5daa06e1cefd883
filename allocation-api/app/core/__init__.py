"""Config, database, security, errors, logging: knows nothing above it."""
