"""What comes in and goes out over HTTP: one definition serves validation and the published contract."""
