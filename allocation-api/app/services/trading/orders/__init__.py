"""The life of an order at Aladdin: changes, fills, and what is stored of them."""
