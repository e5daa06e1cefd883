"""The vendor's published API over one book."""
