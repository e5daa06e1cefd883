"""From the vendor's structs to our domain types, and back for orders. The one place that knows both."""
