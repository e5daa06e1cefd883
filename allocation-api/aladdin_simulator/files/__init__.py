"""Book files: format, validation and loading."""
