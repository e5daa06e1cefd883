"""Version of the service, as its documentation and its status say it."""

VERSION = "1.0.0"
