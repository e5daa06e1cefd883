"""Previews and allocations as they enter and leave the service."""
