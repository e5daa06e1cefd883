"""Previews: inputs gathered, the pure engine over them, and what is stored of both."""
