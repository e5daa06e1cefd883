"""Finds every audit record that was changed, removed, inserted or moved, in constant memory.

What is found without anything from outside: any change of a record or of a head that is not carried through
all the hashes after it, and any record, day or tail that is gone while a head still tells of it. Whoever can
write to the database could also cut off the end of the chain, or rewrite it from some record on, and make
the heads fit. That is found with an anchor kept outside the database: the day, place and hash of a record
that was the last once. No chain tells who wrote a record at its end.

Heads move in the same transactions as records, so verifying takes neither a lock nor a snapshot: the end of
each day's records is read before the heads, so that no record which is properly written meanwhile lies beyond
its head.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import groupby

import msgspec
from sqlalchemy.orm import Session

from app.core.errors import FieldError, InvalidRequest
from app.services.audit.chain import FIRST_HEAD, NO_HASH, Head, digest
from app.services.audit.stored import (
    DayHead,
    DayRecords,
    StoredRecord,
    stored_days,
    stored_heads,
    stored_records,
)

MOST_BREAKS = 1_000
"""Breaks that are listed; more are counted."""

MOST_SUSPECTS = 100
"""Records that do not fit their hash and are looked at for having changed places with each other."""

ANCHOR = r"[0-9]{4}-[0-9]{2}-[0-9]{2}:[0-9]{1,18}:[0-9a-f]{64}"
"""An anchor as text: day, sequence and hash."""


class Damage(StrEnum):
    """What is wrong at a place of the chain."""

    CHANGED = "CHANGED"
    REMOVED = "REMOVED"
    INSERTED = "INSERTED"
    REORDERED = "REORDERED"
    HEAD_MISSING = "HEAD_MISSING"
    HEAD_CHANGED = "HEAD_CHANGED"
    ANCHOR_MISSING = "ANCHOR_MISSING"


@dataclass(frozen=True, slots=True)
class Break:
    """A place where the chain does not hold; `sequence` and `audit_id` where there is one to name."""

    damage: Damage
    day: str
    sequence: int | None
    audit_id: str | None
    message: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What a verification found. `breaks` are the first `MOST_BREAKS` of `break_count`.

    `anchor` is the end of the last day, to be kept outside; None when there is no day.
    """

    records: int
    days: int
    anchor: Head | None
    break_count: int
    breaks: tuple[Break, ...]

    @property
    def whole(self) -> bool:
        """Whether nothing is wrong."""
        return self.break_count == 0


@dataclass(frozen=True, slots=True)
class Span:
    """What is to be verified: the days from and to, None for no bound, and an anchor that must be in them."""

    date_from: date | None = None
    date_to: date | None = None
    anchor: Head | None = None

    def __contains__(self, day: str) -> bool:
        return (self.date_from is None or self.date_from.isoformat() <= day) and (
            self.date_to is None or day <= self.date_to.isoformat()
        )


def parse_anchor(text: str) -> Head:
    """Read an anchor of the form `day:sequence:hash`.

    Raises
    ------
    InvalidRequest
        Naming `anchor`.
    """
    if not re.fullmatch(ANCHOR, text):
        raise _wrong_anchor("is not of the form day:sequence:hash that a verification gives")
    day, sequence, known = text.split(":")
    return Head(day, int(sequence), known)


def verify(
    session: Session, span: Span | None = None, progress: Callable[[int], None] | None = None
) -> Verification:
    """Compare every record of the span with its hash, with its neighbours and with the heads.

    Parameters
    ----------
    session : Session
        Any isolation will do, and records may be written meanwhile.
    span : Span, optional
        The whole trail when left out.
    progress : callable, optional
        Told after every page how many records were looked at.

    Raises
    ------
    InvalidRequest
        Naming `anchor`, when it lies outside the span.
    """
    span = span or Span()
    if span.anchor is not None and span.anchor.day not in span:
        raise _wrong_anchor("lies outside the days that are to be verified")
    return _Walk(session, span, progress or (lambda _: None)).whole_way()


def _wrong_anchor(what: str) -> InvalidRequest:
    return InvalidRequest(f"anchor {what}", errors=[FieldError("anchor", what)])


# --- the way along the chain --------------------------------------------------------------------------------


@dataclass(slots=True)
class _Findings:
    """The breaks, and the records among them that may have changed places."""

    count: int = 0
    breaks: list[Break] = field(default_factory=list)
    suspects: list[tuple[int, StoredRecord]] = field(default_factory=list)

    def add(self, damage: Damage, day: str, sequence: int | None, message: str) -> None:
        self._add(Break(damage, day, sequence, None, message))

    def add_record(self, damage: Damage, stored: StoredRecord, message: str) -> None:
        record = stored.record
        if damage is Damage.CHANGED and len(self.suspects) < MOST_SUSPECTS:
            self.suspects.append((len(self.breaks), stored))
        self._add(Break(damage, record.day, record.sequence, record.id, message))

    def _add(self, found: Break) -> None:
        self.count += 1
        if len(self.breaks) < MOST_BREAKS:
            self.breaks.append(found)

    def settle(self) -> tuple[Break, ...]:
        """Tell records that stand in each other's places from records that were changed."""
        places = {(stored.record.day, stored.record.sequence) for _, stored in self.suspects}
        for index, stored in self.suspects:
            for day, sequence in places:
                there = msgspec.structs.replace(stored.record, day=day, sequence=sequence)
                if index < len(self.breaks) and digest(there) == stored.hash and there != stored.record:
                    message = f"the record belongs at {day}, place {sequence}"
                    record = stored.record
                    moved = Break(Damage.REORDERED, record.day, record.sequence, record.id, message)
                    self.breaks[index] = moved
        return tuple(self.breaks)


class _Walk:
    """One verification, from the first day to the last."""

    def __init__(self, session: Session, span: Span, progress: Callable[[int], None]) -> None:
        self._session = session
        self._span = span
        self._progress = progress
        self._found = _Findings()
        self._records = 0
        self._previous = NO_HASH
        # What comes before is gone or wrong, and that is said: that the next does not fit is no news.
        self._excused = False
        self._anchored = span.anchor is None

    def whole_way(self) -> Verification:
        present = stored_days(self._session)  # before the heads: see the module
        heads = stored_heads(self._session)
        days = sorted(day for day in present.keys() | (heads.keys() - {FIRST_HEAD}) if day in self._span)
        before = self._start(heads)
        for day in days:
            self._link(heads.get(before), before, day)
            self._day(day, heads.get(day), present.get(day, DayRecords()))
            before = day
        self._finish(heads.get(before))
        return Verification(
            records=self._records,
            days=len(days),
            anchor=next((heads[day].end for day in reversed(days) if day in heads), None),
            break_count=self._found.count,
            breaks=self._found.settle(),
        )

    def _start(self, heads: dict[str, DayHead]) -> str:
        """Find the day before the first one, whose end that must continue."""
        first = self._span.date_from
        earlier = [day for day in heads if first is not None and day < first.isoformat()]
        before = max(earlier, default=FIRST_HEAD)
        if before in heads:
            self._previous = heads[before].end.hash
        else:
            self._found.add(Damage.HEAD_MISSING, before, None, "the head before all records is gone")
            self._excused = True
        return before

    def _link(self, head: DayHead | None, before: str, day: str) -> None:
        """See whether the head of the day before names this day as the next."""
        if head is None or head.next_day == day:
            return
        if head.next_day is None:
            message = f"the head of {before} is open, and yet {day} follows"
            self._found.add(Damage.HEAD_CHANGED, before, None, message)
        elif head.next_day < day:
            self._day_gone(head.next_day, before)
        else:
            message = f"no such day follows {before}: {head.next_day} does"
            self._found.add(Damage.INSERTED, day, None, message)

    def _day_gone(self, day: str, before: str) -> None:
        self._found.add(Damage.REMOVED, day, None, f"the day that follows {before} is gone, records and head")
        self._excused = True

    def _day(self, day: str, head: DayHead | None, present: DayRecords) -> None:
        last = max(present.last, head.end.sequence if head else 0)
        seen, place = 0, 1
        for sequence, here in groupby(self._paged(day, last), key=lambda stored: stored.record.sequence):
            rivals = list(here)
            seen += len(rivals)
            if sequence < 1 or (head is not None and sequence > head.end.sequence):
                for stored in rivals:
                    self._found.add_record(Damage.INSERTED, stored, "no head tells of this place")
                continue
            if sequence > place:
                self._gone(day, place, sequence - 1)
            self._place(rivals)
            place = sequence + 1
        if seen < present.count:
            message = f"{present.count - seen} records have no place of their own"
            self._found.add(Damage.INSERTED, day, None, message)
        self._day_end(day, head, place)

    def _day_end(self, day: str, head: DayHead | None, place: int) -> None:
        if head is None:
            self._found.add(Damage.HEAD_MISSING, day, None, "the head of this day is gone")
            return
        if place <= head.end.sequence:
            self._gone(day, place, head.end.sequence)
        elif head.end.hash != self._previous and not self._excused:
            message = "head and last record have different hashes: one of them was rewritten"
            self._found.add(Damage.HEAD_CHANGED, day, head.end.sequence, message)
        self._previous, self._excused = head.end.hash, False

    def _gone(self, day: str, first: int, last: int) -> None:
        message = "the record is gone" if first == last else f"the records up to place {last} are gone"
        self._found.add(Damage.REMOVED, day, first, message)
        self._excused = True

    def _place(self, rivals: list[StoredRecord]) -> None:
        """Verify the record of one place; where there are several, the one that fits best is it."""
        chosen = max(rivals, key=lambda s: (s.fits, s.record.previous_hash == self._previous))
        for stored in rivals:
            if stored is not chosen:
                self._found.add_record(Damage.INSERTED, stored, "another record has this place")
        fits = chosen.fits
        linked = chosen.record.previous_hash == self._previous
        if not fits:
            self._found.add_record(Damage.CHANGED, chosen, "the record does not fit its hash")
        elif not linked and not self._excused:
            message = "the record before does not have the hash that this one carries: one was rewritten"
            damage = Damage.CHANGED
            if chosen.record.sequence == 1:
                damage, message = Damage.REMOVED, "what stood before this day is gone or was rewritten"
            self._found.add_record(damage, chosen, message)
        self._previous, self._excused = chosen.hash, not fits
        anchor = self._span.anchor
        if anchor == Head(chosen.record.day, chosen.record.sequence, chosen.hash):
            self._anchored = True

    def _paged(self, day: str, last: int) -> Iterator[StoredRecord]:
        for page in stored_records(self._session, day, last):
            yield from page
            self._records += len(page)
            self._progress(self._records)

    def _finish(self, head: DayHead | None) -> None:
        """See whether the last day is the last, and whether the anchor was met."""
        if head is not None and head.next_day is not None and head.next_day in self._span:
            self._day_gone(head.next_day, head.end.day)
        anchor = self._span.anchor
        if anchor is not None and not self._anchored:
            message = "the record of the anchor is gone, or has another hash"
            self._found.add(Damage.ANCHOR_MISSING, anchor.day, anchor.sequence, message)
