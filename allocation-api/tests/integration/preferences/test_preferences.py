"""Preferences: each user keeps the own ones, by name, under an optimistic lock and within bounds."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest

from tests.support.desk import GOLDEN_BOOK, Desk
from tests.support.shown import told


@pytest.fixture
def desk(golden_desk):
    return golden_desk


def put(desk, name, value, *, status=200, **more):
    return desk.call("PUT", f"preferences/{name}", status=status, json={"value": value, **more})


def shown(desk):
    return {p["name"]: (p["value"], p["version"]) for p in desk.get("preferences")["preferences"]}


def test_a_preference_is_kept_by_name_and_counts_its_versions(desk):
    assert shown(desk) == {}
    value = {
        "columns": ["account_id", "quantity"],
        "width": 120.5,
        "filter": None,
        "dense": True,
        "é\u0000": {},
    }
    first = put(desk, "orders.columns", value)
    assert (first["name"], first["value"], first["version"]) == ("orders.columns", value, 1)
    assert abs((desk.clock() - datetime.fromisoformat(first["updated_at"])).total_seconds()) < 60
    put(desk, "theme", {"mode": "dark"})
    again = put(desk, "orders.columns", {"columns": []})
    assert again["version"] == 2
    assert shown(desk) == {"orders.columns": ({"columns": []}, 2), "theme": ({"mode": "dark"}, 1)}
    assert desk.get("preferences")["preferences"][0] == again
    assert desk.call("DELETE", "preferences/theme") == {"name": "theme"}
    assert desk.call("DELETE", "preferences/theme", status=404)["code"] == "NOT_FOUND"
    assert shown(desk) == {"orders.columns": ({"columns": []}, 2)}


@pytest.mark.parametrize(
    ("stored", "version", "words"),
    [
        (0, 1, "There is no preference grid any more, and you replace version 1"),
        (1, 0, "There is a preference grid already, of version 1"),
        (2, 1, "Version 2 of grid is stored, not 1"),
        (2, 3, "Version 2 of grid is stored, not 3"),
    ],
)
def test_who_read_another_version_is_refused(desk, stored, version, words):
    for number in range(stored):
        put(desk, "grid", {"number": number}, version=number)
    refused = put(desk, "grid", {"mine": 1}, version=version, status=409)
    assert refused["code"] == "PREFERENCE_CHANGED"
    assert words in refused["detail"]
    assert shown(desk) == ({"grid": ({"number": stored - 1}, stored)} if stored else {})


def test_of_two_who_replace_one_version_one_is_refused(desk):
    put(desk, "grid", {"by": "nobody"})

    def replace(number):
        return desk.client.put(
            "/v1/preferences/grid", headers=desk.headers, json={"value": {"by": number}, "version": 1}
        ).status_code

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(replace, range(8))) == [200] + [409] * 7
    assert desk.get("preferences")["preferences"][0]["version"] == 2


def test_nobody_sees_changes_or_deletes_those_of_another_user(desk):
    put(desk, "grid", {"mine": 1})
    other = Desk.__new__(Desk)
    vars(other).update(vars(desk))
    other.token = desk.login("demo_supervisor")["access_token"]
    assert shown(other) == {}
    assert other.call("DELETE", "preferences/grid", status=404)["code"] == "NOT_FOUND"
    put(other, "grid", {"theirs": 1}, version=0)
    assert shown(desk) == {"grid": ({"mine": 1}, 1)}
    assert shown(other) == {"grid": ({"theirs": 1}, 1)}


def test_who_is_not_logged_in_has_none(desk):
    for method, path in (("GET", "preferences"), ("PUT", "preferences/grid"), ("DELETE", "preferences/grid")):
        answer = desk.client.open(f"/v1/{path}", method=method, json={"value": {}})
        assert (answer.status_code, answer.get_json()["code"]) == (401, "UNAUTHENTICATED")


NAME_WORDS = "1 to 64 characters are expected: a small letter, then small letters, digits, dots and dashes."


@pytest.mark.parametrize("name", ["a", "a" * 64, "z9.-", "orders.columns-2"])
def test_names_that_can_be(desk, name):
    assert put(desk, name, {})["name"] == name


@pytest.mark.parametrize("name", ["A", "9", "-a", ".a", "a_b", "a b", "ä", "a" * 65, "a%0A"])
def test_names_that_cannot_be(desk, name):
    refused = desk.client.put(f"/v1/preferences/{name}", headers=desk.headers, json={"value": {}})
    if refused.status_code == 404:  # no id at all
        assert refused.get_json()["code"] == "NOT_FOUND"
    else:
        assert (refused.status_code, told(refused.get_json())) == (422, {"name": NAME_WORDS})
    assert shown(desk) == {}


def test_a_value_has_20_000_bytes_at_most(desk):
    put(desk, "most", {"a": "x" * 19_992})  # {"a":""} are 8 bytes
    refused = put(desk, "more", {"a": "x" * 19_993}, status=422)
    assert told(refused) == {"value": "The value has 20,001 bytes as JSON; at most 20,000 are kept."}
    put(desk, "most", {"a": "é" * 9_996})
    assert put(desk, "more", {"a": "é" * 9_997}, status=422)["errors"][0]["field"] == "value"
    both = put(desk, "No", {"a": "é" * 9_997}, status=422)
    assert [error["field"] for error in both["errors"]] == ["name", "value"]


def test_a_user_has_100_names_at_most(desk):
    for number in range(100):
        put(desk, f"n{number}", {})
    refused = put(desk, "n100", {}, status=422)
    assert told(refused) == {"name": "You have 100 preferences, and no user may have more. Delete one first."}
    put(desk, "n99", {"changed": True})
    desk.call("DELETE", "preferences/n0")
    put(desk, "n100", {})


@pytest.mark.parametrize(
    "value",
    [
        "[]",
        '"text"',
        "1",
        "null",
        '{"a": 1e999}',
        '{"a": 1e400}',
        '{"a": NaN}',
        '{"a": "\\ud800"}',
        '{"\\ud800": 1}',
    ],
)
def test_what_is_no_json_object_of_javascript_s_is_refused(desk, value):
    answer = desk.client.put(
        "/v1/preferences/grid",
        headers=desk.headers,
        data=f'{{"value": {value}}}',
        content_type="application/json",
    )
    assert answer.status_code == 422, answer.text
    assert [error["field"] for error in answer.get_json()["errors"]] == ["value"]


def test_a_value_has_32_levels_at_most(desk):
    def nested(levels):
        return {} if levels == 1 else {"a": nested(levels - 1)}

    assert put(desk, "deep", nested(32))["value"] == nested(32)
    refused = put(desk, "deeper", nested(33), status=422)
    assert told(refused) == {"value": "At most 32 levels of objects and lists are kept."}


def test_numbers_come_back_as_they_were_sent(desk):
    sent = '{"value": {"a": 0.1, "b": 1000000000000000000000, "c": -0, "d": 1.50, "e": 12345678901234567}}'
    answer = desk.client.put(
        "/v1/preferences/numbers", headers=desk.headers, data=sent, content_type="application/json"
    )
    assert '"a":0.1,"b":1000000000000000000000,"c":0,"d":1.5,"e":12345678901234567' in answer.text.replace(
        " ", ""
    )


def test_they_survive_a_restart_and_leave_no_audit_record(tmp_path):
    desk = Desk(tmp_path, scenario=GOLDEN_BOOK)
    before = len(desk.get("audit")["audit_records"])
    put(desk, "grid", {"columns": ["a"]})
    assert len(desk.get("audit")["audit_records"]) == before
    again = Desk(tmp_path, scenario=GOLDEN_BOOK)
    assert shown(again) == {"grid": ({"columns": ["a"]}, 1)}
