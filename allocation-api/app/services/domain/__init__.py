"""Value objects and pure functions shared by several rooms: no database, no vendor, no framework."""
