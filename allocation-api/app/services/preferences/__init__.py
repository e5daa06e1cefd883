"""Preferences of users: layouts and choices of their screens, kept on the server and read by nobody else."""
