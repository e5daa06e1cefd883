"""Reference data by HTTP: the same report, errors by file, line and column, and only for who may."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.models import LimitRow, ReferenceSourceRow
from tests.support.desk import GOLDEN_BOOK, Desk
from tests.support.reference_files import content, files

CSV = {"Content-Type": "text/csv"}
LIMIT = "ISSUER_CONCENTRATION,DEFAULT,*,0.08"


class Administrator(Desk):
    """A desk whose user is the administrator, and whose reference data belongs to no simulated book."""

    def __init__(self, folder):
        super().__init__(folder, scenario=GOLDEN_BOOK)
        with self.services.database.write() as session:
            for row in session.scalars(select(ReferenceSourceRow)):
                session.delete(row)
        self.token = self.login("demo_admin")["access_token"]

    def put(self, name, rows, *, status=200, **query):
        return self.call(
            "PUT",
            f"admin/reference/{name}",
            status=status,
            data=content(name, rows),
            headers=CSV,
            query_string=query,
        )


@pytest.fixture
def admin(tmp_path):
    return Administrator(tmp_path)


def limits(desk):
    with desk.services.database.read() as session:
        return {(row.code, row.scope): f"{row.value:f}" for row in session.scalars(select(LimitRow))}


def test_a_file_is_put_after_a_dry_run_and_again_without_effect(admin):
    said = admin.put("limits", [LIMIT], dry_run="true")
    assert said["audit_id"] is None
    assert said["files"][0]["changes"][:1] == [
        {
            "kind": "CHANGED",
            "key": "ISSUER_CONCENTRATION DEFAULT *",
            "column": "value",
            "before": "0.1",
            "after": "0.08",
        }
    ]
    assert limits(admin)["ISSUER_CONCENTRATION", "DEFAULT"] == "0.10000000"
    done = admin.put("limits", [LIMIT], comment="new guideline")
    assert done["files"] == said["files"]
    assert limits(admin)["ISSUER_CONCENTRATION", "DEFAULT"] == "0.08000000"
    record = admin.get(f"audit/{done['audit_id']}")
    assert (record["action"], record["username"]) == ("REFERENCE_LOADED", "demo_admin")
    assert record["after"]["comment"] == "new guideline"
    again = admin.put("limits", [LIMIT], comment="new guideline")
    assert (again["audit_id"], again["files"][0]["changed"]) == (None, 0)


def test_errors_name_file_line_and_column(admin):
    problem = admin.put("accounts", ["A1,Harbor,,usd,,", "A2,,,USD,1,000,"], status=422, comment="x")
    assert problem["errors"] == [
        {"field": "accounts.2.currency", "message": "3 capital letters like USD are expected."},
        {"field": "accounts.3", "message": "The row has 7 cells, and the header 6."},
    ]


def test_an_account_and_its_restrictions_come_together_or_not_at_all(admin):
    rows = {"accounts": ["NEW,New fund,GOLDEN,USD,,"], "restrictions": ["NEW,NO_TOBACO"]}
    body = {"files": {name: text.decode() for name, text in files(**rows).items()}, "comment": "mandate"}
    problem = admin.call("PUT", "admin/reference", json=body, status=422)
    assert [e["field"] for e in problem["errors"]] == ["restrictions.2.restriction"]
    assert "NEW" not in export(admin, "accounts")
    body["files"]["restrictions"] = body["files"]["restrictions"].replace("TOBACO", "TOBACCO")
    done = admin.call("PUT", "admin/reference", json=body)
    assert [(f["file"], f["added"]) for f in done["files"]] == [("accounts", 1), ("restrictions", 1)]
    assert "NEW,NO_TOBACCO" in export(admin, "restrictions")


def export(desk, name, **query):
    answer = desk.client.get(f"/v1/admin/reference/{name}", headers=desk.headers, query_string=query)
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "text/csv"
    return answer.text


@pytest.mark.parametrize("name", ["groups", "accounts", "restrictions", "benchmarks", "securities", "limits"])
def test_what_is_exported_can_be_put_without_a_change(admin, name):
    for bom in ("false", "true"):
        text = export(admin, name, bom=bom)
        assert text.startswith("\ufeff") is (bom == "true")
        answer = admin.call(
            "PUT",
            f"admin/reference/{name}",
            data=text.encode(),
            headers=CSV,
            query_string={"comment": "again", "remove": "true"},
        )
        assert (answer["audit_id"], answer["files"][0]["changes"]) == (None, [])


def test_half_a_character_is_refused(admin):
    body = b'{"files": {"limits": "\\ud800"}, "comment": "x"}'
    problem = admin.call(
        "PUT", "admin/reference", data=body, headers={"Content-Type": "application/json"}, status=422
    )
    assert [e["field"] for e in problem["errors"]] == ["files.limits"]


def test_a_comment_is_asked_for(admin):
    problem = admin.put("limits", [LIMIT], status=422)
    assert [e["field"] for e in problem["errors"]] == ["comment"]


def test_another_file_type_and_length_are_refused(admin):
    other = admin.call(
        "PUT", "admin/reference/limits", data=b"{}", status=415, headers={"Content-Type": "text/html"}
    )
    assert other["code"] == "BODY_NOT_CSV"
    missing = admin.call("PUT", "admin/reference/acounts", data=b"", headers=CSV, status=404)
    assert missing["detail"] == "Unknown file acounts. Did you mean accounts?"
    too_long = b"x" * (admin.settings.server.connections.max_body_bytes + 1)
    long = admin.call("PUT", "admin/reference/limits", data=too_long, headers=CSV, status=413)
    assert long["code"] == "REQUEST_ENTITY_TOO_LARGE"


def test_a_simulated_book_is_not_changed(tmp_path):
    desk = Desk(tmp_path, scenario=GOLDEN_BOOK)
    desk.token = desk.login("demo_admin")["access_token"]
    path = "admin/reference/groups"
    refused = desk.call(
        "PUT",
        path,
        data=content("groups", ["N,New,,,,"]),
        headers=CSV,
        query_string={"comment": "x"},
        status=409,
    )
    assert refused["code"] == "REFERENCE_OF_MOCK"


@pytest.mark.parametrize("user", ["demo_user", "demo_supervisor"])
def test_only_administrators_may(admin, user):
    admin.token = admin.login(user)["access_token"]
    assert admin.put("limits", [LIMIT], status=403, comment="x")["permission"] == "reference:write"
    assert admin.get("admin/reference/limits", status=403)["permission"] == "reference:write"
    body = {"files": {}, "comment": "x"}
    assert admin.call("PUT", "admin/reference", json=body, status=403)["permission"] == "reference:write"
