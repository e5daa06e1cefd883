"""Operations: the readiness probe."""
