"""Changes of stored documents as somebody makes them who reads them decompressed and writes them back."""

from __future__ import annotations

from sqlalchemy import select, update


def replace_in(database, column, old, new):
    """Replace a part of the text in every row that has it, as whoever can write to the database might."""
    row = column.class_
    with database.engine.begin() as connection:
        found = [(key, text) for key, text in connection.execute(select(row.id, column)) if old in text]
        assert found, f"no {column} has {old}"
        for key, text in found:
            change = update(row).where(row.id == key).values({column: text.replace(old, new)})
            connection.execute(change)
