"""Values that several rooms speak in: no database, no vendor, no framework."""
