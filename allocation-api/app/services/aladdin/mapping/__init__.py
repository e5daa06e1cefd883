"""Anti-corruption layer: the vendor's structs to our domain types, and back for orders."""
