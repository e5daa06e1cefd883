"""Verification of the audit hash chain: finds records that were changed, removed, inserted or moved.

Found from the database alone: any change of a record or head that is not carried through all later hashes,
and any record, day or tail that is missing while a head still counts it. With write access to the database
one can also cut off the end of the chain, or rewrite it from some record on, and adjust the heads; that is
found with an anchor kept outside the database: the day, sequence and hash of an earlier last record. The
hashes are not keyed, so forged records that are appended at the end are not found.

Memory is constant, and neither a lock nor a snapshot is needed: heads move in the transactions of their
records, and each day's highest sequence is read before the heads, so no record that is written meanwhile lies
beyond its head.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby

import msgspec
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from app.core.clock import utc_now
from app.core.errors import FieldError, InvalidRequest
from app.models import AuditRow
from app.services.audit.balances import wrong_balances
from app.services.audit.breaks import Break, Damage
from app.services.audit.chain import FIRST_HEAD, NO_HASH, Head, digest
from app.services.audit.evidence import ROWS
from app.services.audit.row_verification import verified_rows
from app.services.audit.stored import (
    DayHead,
    DayRecords,
    StoredRecord,
    stored_days,
    stored_heads,
    stored_records,
)
from app.utils.words import counted

MAX_BREAKS = 1_000
"""Breaks that are listed; further ones are only counted."""

MAX_SUSPECTS = 100
"""Changed records that are compared with each other's places, to recognise reordering."""

ANCHOR = r"[0-9]{4}-[0-9]{2}-[0-9]{2}:[0-9]{1,18}:[0-9a-f]{64}"
"""An anchor as text: day, sequence and hash."""


@dataclass(frozen=True, slots=True)
class Verification:
    """Result of a verification; `breaks` are the first `MAX_BREAKS` of `break_count`.

    `rows` were compared with the records; of `rows_unrecorded` among them no record speaks, because they are
    older than `rows_since`, the time of the first record that has rows (None without one). `anchor` is the
    head of the last day, to be kept outside the database; None when there is no day.
    """

    records: int
    days: int
    rows: int
    rows_unrecorded: int
    rows_since: str | None
    anchor: Head | None
    break_count: int
    breaks: tuple[Break, ...]

    @property
    def whole(self) -> bool:
        """Whether neither the chain nor a row has a break."""
        return self.break_count == 0


@dataclass(frozen=True, slots=True)
class Span:
    """Days to verify, both included, None for no bound; and an anchor that must lie within them."""

    date_from: date | None = None
    date_to: date | None = None
    anchor: Head | None = None

    def __contains__(self, day: str) -> bool:
        return (self.date_from is None or self.date_from.isoformat() <= day) and (
            self.date_to is None or day <= self.date_to.isoformat()
        )

    @property
    def conditions(self) -> list[ColumnElement[bool]]:
        """SQL conditions that a record's day lies within the bounds."""
        bounds: list[ColumnElement[bool]] = []
        if self.date_from is not None:
            bounds.append(AuditRow.day >= self.date_from.isoformat())
        if self.date_to is not None:
            bounds.append(AuditRow.day <= self.date_to.isoformat())
        return bounds


def parse_anchor(text: str) -> Head:
    """Parse an anchor of the form `day:sequence:hash`.

    Raises
    ------
    InvalidRequest
        Naming `anchor`.
    """
    if not re.fullmatch(ANCHOR, text):
        raise _wrong_anchor("An anchor has the form day:sequence:hash, as a verification returns it.")
    day, sequence, known = text.split(":")
    return Head(day, int(sequence), known)


def verify(
    session: Session,
    span: Span | None = None,
    progress: Callable[[int], None] | None = None,
    *,
    now: datetime | None = None,
) -> Verification:
    """Verify every record of the span against its hash, its neighbours and the heads, then the rows.

    Rows are those of the entities that the span's records are about; of the whole trail, all rows, and the
    balances that are sums of rows.

    Parameters
    ----------
    session : Session
        At any isolation level; records may be written meanwhile.
    span : Span, optional
        Days to verify; by default the whole trail.
    progress : callable, optional
        Called after every page with the number of records verified so far.
    now : datetime, optional
        Present time: a preview past its expiry may be stored as expired.

    Raises
    ------
    InvalidRequest
        Naming `anchor`, when it lies outside the span.
    """
    span = span or Span()
    if span.anchor is not None and span.anchor.day not in span:
        raise _wrong_anchor("The anchor must lie within the days to verify.")
    return _Verifier(session, now or utc_now(), span, progress or (lambda _: None)).verify()


def _wrong_anchor(what: str) -> InvalidRequest:
    return InvalidRequest.of(FieldError("anchor", what))


# --- the chain, day by day ----------------------------------------------------------------------------------


@dataclass(slots=True)
class _Findings:
    """The breaks found, and the changed records that may be reordered ones."""

    count: int = 0
    breaks: list[Break] = field(default_factory=list)
    suspects: list[tuple[int, StoredRecord]] = field(default_factory=list)

    def add(self, damage: Damage, day: str, sequence: int | None, message: str) -> None:
        self._add(Break(damage, day, sequence, None, message))

    def add_record(self, damage: Damage, stored: StoredRecord, message: str) -> None:
        record = stored.record
        if damage is Damage.CHANGED and len(self.suspects) < MAX_SUSPECTS:
            self.suspects.append((len(self.breaks), stored))
        self._add(Break(damage, record.day, record.sequence, record.id, message))

    def add_row(self, found: Break) -> None:
        self._add(found)

    def _add(self, found: Break) -> None:
        self.count += 1
        if len(self.breaks) < MAX_BREAKS:
            self.breaks.append(found)

    def classified(self) -> tuple[Break, ...]:
        """Return the breaks, with records that match their hash at another's place as REORDERED."""
        places = {(stored.record.day, stored.record.sequence) for _, stored in self.suspects}
        for index, stored in self.suspects:
            for day, sequence in places:
                there = msgspec.structs.replace(stored.record, day=day, sequence=sequence)
                if index < len(self.breaks) and digest(there) == stored.hash and there != stored.record:
                    message = f"the record belongs to {day}, sequence {sequence}"
                    record = stored.record
                    moved = Break(Damage.REORDERED, record.day, record.sequence, record.id, message)
                    self.breaks[index] = moved
        return tuple(self.breaks)


class _Verifier:
    """One verification: walks the chain from the first day to the last."""

    def __init__(self, session: Session, now: datetime, span: Span, progress: Callable[[int], None]) -> None:
        self._session = session
        self._now = now
        self._span = span
        self._progress = progress
        self._found = _Findings()
        self._records = 0
        self._rows = self._unrecorded = 0
        self._rows_since: str | None = None
        self._previous = NO_HASH
        # Set after a break, so that the record after it is not reported, too, for its previous_hash.
        self._excused = False
        self._anchored = span.anchor is None

    def verify(self) -> Verification:
        present = stored_days(self._session)  # before the heads: see the module's docstring
        heads = stored_heads(self._session)
        days = sorted(day for day in present.keys() | (heads.keys() - {FIRST_HEAD}) if day in self._span)
        before = self._start(heads)
        for day in days:
            self._link(heads.get(before), before, day)
            self._day(day, heads.get(day), present.get(day, DayRecords()))
            before = day
        self._finish(heads.get(before))
        self._verify_rows()
        return Verification(
            records=self._records,
            days=len(days),
            rows=self._rows,
            rows_unrecorded=self._unrecorded,
            rows_since=self._rows_since,
            anchor=next((heads[day].end for day in reversed(days) if day in heads), None),
            break_count=self._found.count,
            breaks=self._found.classified(),
        )

    def _start(self, heads: dict[str, DayHead]) -> str:
        """Return the day before the first one, whose head the first record must continue."""
        first = self._span.date_from
        earlier = [day for day in heads if first is not None and day < first.isoformat()]
        before = max(earlier, default=FIRST_HEAD)
        if before in heads:
            self._previous = heads[before].end.hash
        else:
            self._found.add(Damage.HEAD_MISSING, before, None, "the head before all records is missing")
            self._excused = True
        return before

    def _link(self, head: DayHead | None, before: str, day: str) -> None:
        """Verify that the head of the day before names this day as the next."""
        if head is None or head.next_day == day:
            return
        if head.next_day is None:
            message = f"the head of {before} is still open, although {day} follows"
            self._found.add(Damage.HEAD_CHANGED, before, None, message)
        elif head.next_day < day:
            self._day_gone(head.next_day, before)
        else:
            message = f"the head of {before} is followed by {head.next_day}, not by this day"
            self._found.add(Damage.INSERTED, day, None, message)

    def _day_gone(self, day: str, before: str) -> None:
        message = f"the day after {before} is missing, records and head"
        self._found.add(Damage.REMOVED, day, None, message)
        self._excused = True

    def _day(self, day: str, head: DayHead | None, present: DayRecords) -> None:
        last = max(present.last, head.end.sequence if head else 0)
        seen, place = 0, 1
        for sequence, here in groupby(self._paged(day, last), key=lambda stored: stored.record.sequence):
            rivals = list(here)
            seen += len(rivals)
            if sequence < 1 or (head is not None and sequence > head.end.sequence):
                for stored in rivals:
                    self._found.add_record(Damage.INSERTED, stored, "the day's head has no such sequence")
                continue
            if sequence > place:
                self._gone(day, place, sequence - 1)
            self._place(rivals)
            place = sequence + 1
        if seen < present.count:
            message = f"{counted(present.count - seen, 'record')} without a valid sequence"
            self._found.add(Damage.INSERTED, day, None, message)
        self._day_end(day, head, place)

    def _day_end(self, day: str, head: DayHead | None, place: int) -> None:
        if head is None:
            self._found.add(Damage.HEAD_MISSING, day, None, "the head of this day is missing")
            return
        if place <= head.end.sequence:
            self._gone(day, place, head.end.sequence)
        elif head.end.hash != self._previous and not self._excused:
            message = "the head and the last record have different hashes: one of them was rewritten"
            self._found.add(Damage.HEAD_CHANGED, day, head.end.sequence, message)
        self._previous, self._excused = head.end.hash, False

    def _gone(self, day: str, first: int, last: int) -> None:
        message = (
            "the record is missing" if first == last else f"the records up to sequence {last} are missing"
        )
        self._found.add(Damage.REMOVED, day, first, message)
        self._excused = True

    def _place(self, rivals: list[StoredRecord]) -> None:
        """Verify the record of one sequence number; of several, all but the best match count as inserted."""
        chosen = max(rivals, key=lambda s: (s.fits, s.record.previous_hash == self._previous))
        for stored in rivals:
            if stored is not chosen:
                self._found.add_record(Damage.INSERTED, stored, "another record has the same sequence")
        fits = chosen.fits
        linked = chosen.record.previous_hash == self._previous
        if not fits:
            self._found.add_record(Damage.CHANGED, chosen, "the record does not match its hash")
        elif not linked and not self._excused:
            message = (
                "previous_hash is not the hash of the record before it: one of the two records was rewritten"
            )
            damage = Damage.CHANGED
            if chosen.record.sequence == 1:
                damage, message = Damage.REMOVED, "the records before this day are missing or were rewritten"
            self._found.add_record(damage, chosen, message)
        if self._rows_since is None and f'"{ROWS}":{{' in str(chosen.record.after):
            self._rows_since = chosen.record.at
        self._previous, self._excused = chosen.hash, not fits
        anchor = self._span.anchor
        if anchor == Head(chosen.record.day, chosen.record.sequence, chosen.hash):
            self._anchored = True

    def _verify_rows(self) -> None:
        """Compare the rows with the records; a record that does not match its hash is already found."""
        for found in verified_rows(self._session, self._now, self._span.conditions):
            self._rows += found.rows
            self._unrecorded += found.unrecorded
            for broken in found.breaks:
                if broken.table is not None:
                    self._found.add_row(broken)
        if not self._span.conditions:
            for broken in wrong_balances(self._session):
                self._found.add_row(broken)

    def _paged(self, day: str, last: int) -> Iterator[StoredRecord]:
        for page in stored_records(self._session, day, last):
            yield from page
            self._records += len(page)
            self._progress(self._records)

    def _finish(self, head: DayHead | None) -> None:
        """Verify that no day is missing at the end, and that the anchor's record was found."""
        if head is not None and head.next_day is not None and head.next_day in self._span:
            self._day_gone(head.next_day, head.end.day)
        anchor = self._span.anchor
        if anchor is not None and not self._anchored:
            message = "the record of the anchor is missing or has another hash"
            self._found.add(Damage.ANCHOR_MISSING, anchor.day, anchor.sequence, message)
