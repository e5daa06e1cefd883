"""Foundation of the service: configuration, database, security, errors, logging and jobs."""
