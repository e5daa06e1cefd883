"""Write-ahead journal of a simulator's orders in an SQLite file: what was acknowledged survives a kill.

One row per change of an order, committed with a sync before the change is answered or seen. A restart reads
the rows and computes the rest by the clock; several processes may share the file, since every change is made
with the file's write lock and after reading what the others wrote.
"""

from __future__ import annotations

import logging
import sqlite3
import uuid
import weakref
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

from aladdin_simulator.book import BookError

log = logging.getLogger(__name__)

FORMAT = 1
"""Version of the rows; a journal of another one is begun anew."""

MAX_WAIT_SECONDS = 30.0
"""Longest wait for another process's change."""

_TABLES = {
    "story": "id TEXT NOT NULL, format INTEGER NOT NULL, book TEXT NOT NULL, as_of TEXT NOT NULL,"
    " digest TEXT NOT NULL",
    "entries": "number INTEGER PRIMARY KEY AUTOINCREMENT, order_id TEXT NOT NULL, days TEXT NOT NULL,"
    " ended INTEGER, state BLOB NOT NULL, timetable BLOB NOT NULL, last BLOB NOT NULL",
}
_COLUMNS = "number, order_id, days, ended, state, timetable, last"


class JournalError(BookError):
    """The journal cannot be used: it is no journal, or another book has taken it over."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One change of an order.

    `state` is the order after it, `timetable` what moves it on from there, and `last` the state in which it
    ends by itself. `days` are the trade days of all states from `state` to `last`, as text. `ended` is the
    time of `last` in microseconds since 1970, None if the order stays live.
    """

    order_id: str
    days: str
    ended: int | None
    state: bytes
    timetable: bytes
    last: bytes


class Journal(Protocol):
    """Keeps entries; called under one lock."""

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Keep other processes from writing until the block ends."""

    def news(self) -> list[Entry]:
        """Return the entries that were not returned or written here yet, oldest first."""

    def append(self, entry: Entry) -> None:
        """Keep an entry; it is on disk when this returns. At most one in a turn."""


class MemoryJournal:
    """Keeps nothing: the orders end with the process."""

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Do nothing."""
        yield

    def news(self) -> list[Entry]:
        """Return nothing."""
        return []

    def append(self, _entry: Entry) -> None:
        """Do nothing."""


class FileJournal:
    """The journal in a file, opened at first use, since a connection must not pass through a fork."""

    def __init__(self, path: Path, story_id: str) -> None:
        self._path = path
        self._story_id = story_id
        self._connection: sqlite3.Connection | None = None
        self._seen = 0
        self._version: int | None = None

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Hold the file's write lock."""
        connection = self._open()
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")

    def news(self) -> list[Entry]:
        """Read the entries of other processes, or at first all.

        Raises
        ------
        JournalError
            If another book has taken the file over.
        """
        connection = self._open()
        # It changes with every commit of another connection and costs microseconds.
        (version,) = connection.execute("PRAGMA data_version").fetchone()
        if version == self._version:
            return []
        story = connection.execute("SELECT id FROM story").fetchone()
        if story is None or story[0] != self._story_id:
            raise JournalError(f"{self._path}: another book has begun this journal anew; start again")
        found = f"SELECT {_COLUMNS} FROM entries WHERE number > ? ORDER BY number"  # noqa: S608 - a constant
        rows = connection.execute(found, (self._seen,)).fetchall()
        if rows:
            self._seen = rows[-1][0]
        self._version = version
        return [Entry(*row[1:]) for row in rows]

    def append(self, entry: Entry) -> None:
        """Insert and commit, with a sync."""
        connection = self._open()
        values = (entry.order_id, entry.days, entry.ended, entry.state, entry.timetable, entry.last)
        insert = (
            "INSERT INTO entries (order_id, days, ended, state, timetable, last) VALUES (?, ?, ?, ?, ?, ?)"
        )
        number = connection.execute(insert, values).lastrowid
        connection.execute("COMMIT")
        self._seen = number or self._seen

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = _connect(self._path)
            weakref.finalize(self, self._connection.close)
        return self._connection


@dataclass(frozen=True, slots=True)
class Story:
    """What a journal tells of: a book by name and seed, the close at which it began, and a digest of it."""

    book: str
    as_of: date
    digest: str


def story_of(path: Path) -> Story | None:
    """Return what a journal tells of, None if there is none yet or it has another format.

    Raises
    ------
    JournalError
        If the file is no journal.
    """
    if not path.exists():
        return None
    with _using(path) as connection:
        row = connection.execute("SELECT format, book, as_of, digest FROM story").fetchone()
    if row is None or row[0] != FORMAT:
        return None
    return Story(row[1], date.fromisoformat(row[2]), row[3])


def open_journal(path: Path, story: Story) -> FileJournal:
    """Return the journal of a story: go on if the file tells of it, else begin the file anew and log that.

    Raises
    ------
    JournalError
        If the file is no journal, or cannot be written.
    """
    with _using(path) as connection:
        connection.execute("BEGIN IMMEDIATE")
        row = connection.execute("SELECT id, format, book, as_of, digest FROM story").fetchone()
        wanted = (FORMAT, story.book, story.as_of.isoformat(), story.digest)
        if row is not None and row[1:] == wanted:
            connection.execute("ROLLBACK")
            return FileJournal(path, row[0])
        (orders,) = connection.execute("SELECT COUNT(DISTINCT order_id) FROM entries").fetchone()
        for table, columns in _TABLES.items():
            connection.execute(f"DROP TABLE {table}")
            connection.execute(f"CREATE TABLE {table} ({columns})")
        story_id = str(uuid.uuid4())
        connection.execute("INSERT INTO story VALUES (?, ?, ?, ?, ?)", (story_id, *wanted))
        connection.execute("COMMIT")
    if row is not None:
        log.warning(
            "The simulator starts anew: its journal was of book %s as of %s, and this one is %s as of %s; %d orders are forgotten",  # noqa: E501
            *(row[2], row[3], story.book, story.as_of, orders),
        )
    return FileJournal(path, story_id)


@contextmanager
def _using(path: Path) -> Iterator[sqlite3.Connection]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(_connect(path)) as connection:
            yield connection
    except (sqlite3.Error, OSError) as error:
        raise JournalError(f"the simulator's journal {path} cannot be used: {error}") from error


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path, timeout=MAX_WAIT_SECONDS, isolation_level=None, check_same_thread=False
    )
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    for table, columns in _TABLES.items():
        connection.execute(f"CREATE TABLE IF NOT EXISTS {table} ({columns})")
    return connection
