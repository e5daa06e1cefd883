"""Tools of the edge: operations, tokens, idempotency, errors, and the documents made of them."""
