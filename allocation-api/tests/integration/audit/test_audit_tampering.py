"""Whatever is done to the audit trail behind the application's back is found, and named."""

# ruff: noqa: S608 - the statements are made of names in this file

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core.errors import InvalidRequest
from app.services.audit import stored, verification
from app.services.audit.breaks import Break, Damage
from app.services.audit.chain import AddressedRecord, Head, digest, record_of
from app.services.audit.trail import Action, AuditService, EntityType
from app.services.audit.verification import Span, parse_anchor, verify
from tests.support.databases import migrated

RECORDS, A_DAY = 1_000, 100
START = datetime(2026, 6, 30, 9, tzinfo=UTC)
OTHER = {
    "id": "'other-' || id",
    "at": "datetime(at, '+1 day') || '.000001'",
    "user_id": "NULL",
    "username": "username || ' '",
    "action": "'LOGIN'",
    "entity_type": "'order'",
    "entity_id": "entity_id || '0'",
    "request_id": "upper(request_id)",
    "address": "CASE WHEN address IS NULL THEN '192.0.2.7' WHEN sequence % 4 = 0 THEN NULL ELSE 'x' END",
    "before": "'null'",
    "after": "replace(after, '1', '2')",
    "day": "'2030-01-01'",
    "sequence": "sequence + 5000",
    "previous_hash": "hash",
    "hash": "previous_hash",
}
"""Another value for every field, as SQL."""


@pytest.fixture(scope="module")
def trail(tmp_path_factory):
    """A chain of 1,000 records on ten days; the tests leave it as it is."""
    database = migrated(f"sqlite:///{tmp_path_factory.mktemp('trail') / 'trail.db'}")
    at = START
    audit = AuditService(database, lambda: at)
    for day in range(RECORDS // A_DAY):
        at = START + timedelta(days=day)
        with database.write() as session:
            for place in range(A_DAY):
                audit.record(
                    session,
                    Action.LOGOUT,
                    user_id="u-1",
                    username="ann",
                    request_id=f"r-{day}-{place}",
                    address="192.0.2.1" if place % 2 else None,
                    entity_type=EntityType.USER,
                    entity_id=f"a-{place}",
                    after={"quantity": 1_001 + place},
                )
    yield database
    database.close()


class Tampering:
    """One connection to the trail; what is done over it is rolled back in the end."""

    def __init__(self, connection):
        self._connection = connection

    def do(self, sql, **values):
        done = self._connection.execute(text(sql), values)
        assert done.rowcount != 0, "nothing was tampered with"
        return done

    def undo(self):
        self._connection.rollback()

    def find(self, **span):
        with Session(self._connection, autoflush=False) as session:
            return verify(session, Span(**span))

    def found(self, **span):
        return [(b.damage, b.day, b.sequence) for b in self.find(**span).breaks]

    def records(self):
        query = "SELECT id, day, sequence FROM audit_events ORDER BY day, sequence"
        return [tuple(row) for row in self._connection.execute(text(query))]

    def rewrite(self, day, sequence, **changes):
        """Change a record and give it a hash that fits; return that hash."""
        query = text("SELECT * FROM audit_events WHERE day = :day AND sequence = :sequence")
        row = dict(self._connection.execute(query, {"day": day, "sequence": sequence}).mappings().one())
        row |= changes
        row.pop("hash")
        at = row["at"].replace(" ", "T") + "Z"
        known = digest(record_of(**row | {"at": at}))
        changes |= {"hash": known}
        values = ", ".join(f"{name} = :{name}" for name in changes)
        self.do(f"UPDATE audit_events SET {values} WHERE id = :key", key=row["id"], **changes)
        return known


def only(day):
    return {"date_from": date.fromisoformat(day), "date_to": date.fromisoformat(day)}


@pytest.fixture
def tampering(trail):
    with trail.engine.connect() as connection:
        made = Tampering(connection)
        yield made
        made.undo()


def test_untouched_it_is_whole(tampering):
    found = tampering.find()
    assert found.whole
    assert (found.records, found.days) == (RECORDS, 10)
    assert (found.anchor.day, found.anchor.sequence) == ("2026-07-09", A_DAY)


# --- every record -------------------------------------------------------------------------------------------


def test_every_field_of_a_record_is_tried():
    assert OTHER.keys() == {*AddressedRecord.__struct_fields__, "hash"}


@pytest.mark.slow
def test_a_change_of_any_record_is_found(tampering):
    names = list(OTHER)
    for index, (key, day, sequence) in enumerate(tampering.records()):
        name = names[index % len(names)]
        tampering.do(f"UPDATE audit_events SET {name} = {OTHER[name]} WHERE id = :key", key=key)
        found = tampering.find(**only(day)).breaks
        tampering.undo()
        if name in {"day", "sequence"}:
            assert (Damage.REMOVED, day, sequence) in [(b.damage, b.day, b.sequence) for b in found]
        else:
            known = f"other-{key}" if name == "id" else key
            assert [(b.damage, b.day, b.sequence, b.audit_id) for b in found] == [
                (Damage.CHANGED, day, sequence, known)
            ]


@pytest.mark.parametrize("name", sorted(OTHER.keys() - {"day", "sequence"}))
def test_a_change_of_any_field_of_any_record_is_found(tampering, name):
    tampering.do(f"UPDATE audit_events SET {name} = {OTHER[name]}")
    found = tampering.find()
    assert found.break_count == RECORDS
    assert [(b.damage, b.day, b.sequence) for b in found.breaks] == [
        (Damage.CHANGED, day, sequence) for _, day, sequence in tampering.records()
    ]


@pytest.mark.slow
def test_a_deletion_of_any_record_is_found(tampering):
    for key, day, sequence in tampering.records():
        tampering.do("DELETE FROM audit_events WHERE id = :key", key=key)
        found = tampering.found(**only(day))
        tampering.undo()
        assert found == [(Damage.REMOVED, day, sequence)]


@pytest.mark.parametrize(
    ("name", "value"), [("at", "rubbish"), ("sequence", "rubbish"), ("username", b"\x01")]
)
def test_what_is_no_value_of_its_kind_is_found(tampering, name, value):
    where = "WHERE day = '2026-07-02' AND sequence = 50"
    tampering.do(f"UPDATE audit_events SET {name} = :value {where}", value=value)
    assert {(d, s) for _, d, s in tampering.found()} & {("2026-07-02", 50)}


# --- more than one record -----------------------------------------------------------------------------------


def insert_copy(tampering, **changes):
    columns = ", ".join(OTHER)
    values = ", ".join(changes.get(name, name) for name in OTHER)
    tampering.do(
        f"INSERT INTO audit_events ({columns}) SELECT {values} FROM audit_events "
        "WHERE day = '2026-07-02' AND sequence = 50"
    )


@pytest.mark.parametrize("key", ["'0'", "'zzz'"])
def test_a_second_record_at_a_place_is_found(tampering, key):
    insert_copy(tampering, id=key, username="'mallory'")
    (found,) = tampering.find().breaks
    assert (found.damage, found.day, found.sequence) == (Damage.INSERTED, "2026-07-02", 50)
    assert found.audit_id == key.strip("'")


@pytest.mark.parametrize("sequence", ["0", "-3", "101", "999999999999"])
def test_a_record_at_a_place_that_no_head_tells_of_is_found(tampering, sequence):
    insert_copy(tampering, id="'new'", sequence=sequence)
    assert tampering.found() == [(Damage.INSERTED, "2026-07-02", int(sequence))]


@pytest.mark.parametrize("day", ["'1970-01-01'", "'1969-01-01'", "'2099-01-01'", "'rubbish'"])
def test_a_record_on_a_day_of_its_own_is_found(tampering, day):
    insert_copy(tampering, id="'new'", day=day, sequence="1")
    assert day.strip("'") in {d for _, d, _ in tampering.found()}


def test_a_record_pushed_between_two_is_found(tampering):
    tampering.do(
        "UPDATE audit_events SET sequence = sequence + 1 WHERE day = '2026-07-02' AND sequence >= 50"
    )
    tampering.do("UPDATE audit_heads SET sequence = sequence + 1 WHERE day = '2026-07-02'")
    copied = "'2026-07-02' AND sequence = 51"
    columns = ", ".join(OTHER)
    values = ", ".join({"id": "'new'", "sequence": "50"}.get(name, name) for name in OTHER)
    tampering.do(
        f"INSERT INTO audit_events ({columns}) SELECT {values} FROM audit_events WHERE day = {copied}"
    )
    found = tampering.find()
    assert found.break_count >= 51
    assert "new" in {b.audit_id for b in found.breaks}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("2026-07-02", 50), ("2026-07-02", 51)),
        (("2026-07-02", 1), ("2026-07-02", A_DAY)),
        (("2026-07-02", 7), ("2026-07-05", 80)),
        (("2026-06-30", 1), ("2026-07-09", A_DAY)),
    ],
)
def test_two_records_in_each_other_s_place_are_found(tampering, one, other):
    place = "day = :day, sequence = :sequence"
    keys = {(day, sequence): key for key, day, sequence in tampering.records()}
    for key, (day, sequence) in ((keys[one], other), (keys[other], one)):
        tampering.do(f"UPDATE audit_events SET {place} WHERE id = :key", key=key, day=day, sequence=sequence)
    assert tampering.found() == [(Damage.REORDERED, *one), (Damage.REORDERED, *other)]
    assert "2026" in tampering.find().breaks[0].message


def test_a_record_rewritten_with_a_fitting_hash_is_found_by_the_next(tampering):
    tampering.rewrite("2026-07-02", 50, username="mallory")
    assert tampering.found() == [(Damage.CHANGED, "2026-07-02", 51)]


@pytest.mark.parametrize("day", ["2026-07-02", "2026-07-09"])
def test_a_day_s_last_record_rewritten_is_found_by_its_head(tampering, day):
    tampering.rewrite(day, A_DAY, username="mallory")
    assert tampering.found() == [(Damage.HEAD_CHANGED, day, A_DAY)]


def test_a_day_s_last_record_rewritten_with_its_head_is_found_by_the_next_day(tampering):
    known = tampering.rewrite("2026-07-02", A_DAY, username="mallory")
    tampering.do("UPDATE audit_heads SET hash = :known WHERE day = '2026-07-02'", known=known)
    assert tampering.found() == [(Damage.REMOVED, "2026-07-03", 1)]


# --- days, tails and heads ----------------------------------------------------------------------------------


@pytest.mark.parametrize("day", ["2026-06-30", "2026-07-02", "2026-07-09"])
def test_the_records_of_a_whole_day_gone_are_found(tampering, day):
    tampering.do("DELETE FROM audit_events WHERE day = :day", day=day)
    assert tampering.found() == [(Damage.REMOVED, day, 1)]


@pytest.mark.parametrize("day", ["2026-06-30", "2026-07-02", "2026-07-09"])
def test_a_whole_day_gone_with_its_head_is_found(tampering, day):
    tampering.do("DELETE FROM audit_events WHERE day = :day", day=day)
    tampering.do("DELETE FROM audit_heads WHERE day = :day", day=day)
    assert tampering.found() == [(Damage.REMOVED, day, None)]


def test_a_whole_day_gone_whose_neighbours_were_joined_is_found(tampering):
    for table in ("audit_events", "audit_heads"):
        tampering.do(f"DELETE FROM {table} WHERE day = '2026-07-02'")
    tampering.do("UPDATE audit_heads SET next_day = '2026-07-03' WHERE day = '2026-07-01'")
    assert tampering.found() == [(Damage.REMOVED, "2026-07-03", 1)]


@pytest.mark.parametrize("day", ["2026-07-02", "2026-07-09"])
def test_a_cut_tail_is_found_by_the_head(tampering, day):
    tampering.do("DELETE FROM audit_events WHERE day = :day AND sequence > 90", day=day)
    assert tampering.found() == [(Damage.REMOVED, day, 91)]


def cut(tampering, day):
    """Cut off the end of a day and put its head back, as it once was."""
    tampering.do("DELETE FROM audit_events WHERE day = :day AND sequence > 90", day=day)
    tampering.do(
        "UPDATE audit_heads SET sequence = 90, hash = "
        "(SELECT hash FROM audit_events WHERE day = :day AND sequence = 90) WHERE day = :day",
        day=day,
    )


def test_a_tail_cut_with_its_head_is_found_by_the_next_day(tampering):
    cut(tampering, "2026-07-02")
    assert tampering.found() == [(Damage.REMOVED, "2026-07-03", 1)]


def test_the_last_tail_cut_with_its_head_is_found_by_an_anchor_alone(tampering):
    anchor = parse_anchor(tampering.find().anchor.text)
    cut(tampering, "2026-07-09")
    assert tampering.find().whole
    assert tampering.found(anchor=anchor) == [(Damage.ANCHOR_MISSING, "2026-07-09", A_DAY)]


def test_a_chain_that_grew_still_contains_the_anchor(tampering):
    early = tampering.find(date_to=date.fromisoformat("2026-07-04")).anchor
    assert early.day == "2026-07-04"
    assert tampering.find(anchor=early).whole


def test_an_anchor_outside_the_days_is_refused(tampering):
    anchor = Head("2026-06-30", 1, "0" * 64)
    with pytest.raises(InvalidRequest) as refused:
        tampering.find(date_from=date.fromisoformat("2026-07-01"), anchor=anchor)
    assert [e.field for e in refused.value.errors] == ["anchor"]


@pytest.mark.parametrize("day", ["1970-01-01", "2026-06-30", "2026-07-02", "2026-07-09"])
def test_a_head_that_is_gone_is_found(tampering, day):
    tampering.do("DELETE FROM audit_heads WHERE day = :day", day=day)
    assert tampering.found() == [(Damage.HEAD_MISSING, day, None)]


@pytest.mark.parametrize(
    "change", ["hash = 'x'", "sequence = 99", "sequence = 101", "sequence = 'x'", "next_day = NULL"]
)
def test_a_head_that_was_changed_is_found(tampering, change):
    tampering.do(f"UPDATE audit_heads SET {change} WHERE day = '2026-07-02'")
    assert "2026-07-02" in {day for _, day, _ in tampering.found()}


def test_all_records_gone_and_all_heads_gone_are_found(tampering):
    tampering.do("DELETE FROM audit_events")
    assert len(tampering.found()) == 10
    tampering.do("DELETE FROM audit_heads")
    assert tampering.found() == [(Damage.HEAD_MISSING, "1970-01-01", None)]


# --- spans, pages, bounds -----------------------------------------------------------------------------------


def test_a_span_is_verified_by_itself(tampering):
    day = date.fromisoformat("2026-07-02")
    tampering.do("UPDATE audit_events SET username = 'x' WHERE day = '2026-07-04' AND sequence = 1")
    found = tampering.find(date_from=day, date_to=day)
    assert (found.whole, found.records, found.days, found.anchor.day) == (True, A_DAY, 1, "2026-07-02")
    assert not tampering.find(date_from=day).whole
    nothing = tampering.find(date_from=date.fromisoformat("2027-01-01"))
    assert (nothing.whole, nothing.records, nothing.anchor) == (True, 0, None)


def test_a_span_must_continue_what_is_before_it(tampering):
    known = tampering.rewrite("2026-07-01", A_DAY, username="mallory")
    tampering.do("UPDATE audit_heads SET hash = :known WHERE day = '2026-07-01'", known=known)
    found = tampering.found(date_from=date.fromisoformat("2026-07-02"))
    assert found == [(Damage.REMOVED, "2026-07-02", 1)]


@pytest.mark.parametrize("page", [1, 7, 100])
def test_pages_of_any_size_find_the_same(tampering, monkeypatch, page):
    monkeypatch.setattr(stored, "PAGE_ROWS", page)
    if page > 1:
        assert tampering.find().whole
    tampering.do("DELETE FROM audit_events WHERE day = '2026-07-02' AND sequence BETWEEN 14 AND 21")
    tampering.do("UPDATE audit_events SET action = 'x' WHERE day = '2026-07-03' AND sequence = 100")
    assert tampering.found(date_from=date.fromisoformat("2026-07-02")) == [
        (Damage.REMOVED, "2026-07-02", 14),
        (Damage.CHANGED, "2026-07-03", 100),
    ]


def test_the_list_of_breaks_is_bounded_and_their_number_is_told(tampering, monkeypatch):
    monkeypatch.setattr(verification, "MAX_BREAKS", 10)
    tampering.do("UPDATE audit_events SET username = 'x'")
    found = tampering.find()
    assert found.break_count == RECORDS
    assert len(found.breaks) == 10
    assert found.breaks[0] == Break(
        Damage.CHANGED, "2026-06-30", 1, tampering.records()[0][0], "the record does not match its hash"
    )
