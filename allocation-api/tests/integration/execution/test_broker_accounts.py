"""Accounts at brokers over the API: connected, read, disconnected, each user's own."""

from __future__ import annotations

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select

from app.models import AuditRow, BrokerAccountRow, PaperAccountRow
from tests.support import snaptrade_server as snaptrade
from tests.support.brokers import SnapTradeRig
from tests.support.desk import Desk
from tests.support.users import PASSWORD, add_user

KEY, LATER_KEY = (Fernet.generate_key().decode() for _ in range(2))
PAPER = {"name": "Paper", "cash": 10_000}


@pytest.fixture(scope="module")
def rig():
    made = SnapTradeRig()
    yield made
    made.close()


def settings(rig):
    return {
        "SNAPTRADE_URL": rig.standin.url,
        "SNAPTRADE_CLIENT_ID": snaptrade.CLIENT_ID,
        "SNAPTRADE_CONSUMER_KEY": snaptrade.CONSUMER_KEY,
    }


@pytest.fixture(scope="module")
def desk(rig, tmp_path_factory):
    return Desk(tmp_path_factory.mktemp("brokers"), BROKER_CREDENTIAL_KEYS=KEY, **settings(rig))


@pytest.fixture
def wish(rig):
    return {
        "name": "Kraken",
        "currency": "USD",
        "external_id": rig.standin.exchange.open_account(),
        "user_id": snaptrade.USER_ID,
        "user_secret": snaptrade.USER_SECRET,
    }


def rows(desk, table, *conditions):
    with desk.services.database.read() as session:
        return list(session.scalars(select(table).where(*conditions)))


def test_a_paper_account_is_connected_read_and_disconnected(desk):
    made = desk.post("brokers/paper/accounts", PAPER)
    assert (made["broker"], made["is_paper"], made["state"]) == ("PAPER", True, "CONNECTED")
    path = f"brokers/accounts/{made['account_id']}"
    content = desk.get(path)
    assert content["balances"] == [{"currency": "USD", "cash": 10_000, "buying_power": 10_000}]
    assert (content["holdings"], content["is_paper"]) == ([], True)
    assert desk.get("brokers/accounts")["accounts"][0] == made
    gone = desk.call("DELETE", path)
    assert (gone["state"], gone["disconnected_at"] is None) == ("DISCONNECTED", False)
    assert desk.call("DELETE", path) == gone
    assert desk.get(path, status=409)["code"] == "BROKER_ACCOUNT_DISCONNECTED"
    trail = rows(desk, AuditRow, AuditRow.entity_id == made["account_id"])
    assert sorted(each.action for each in trail) == [
        "BROKER_ACCOUNT_CONNECTED",
        "BROKER_ACCOUNT_DISCONNECTED",
    ]


def test_an_account_at_snaptrade_is_connected_with_encrypted_credentials(desk, wish):
    made = desk.post("brokers/snaptrade/accounts", wish)
    assert (made["broker"], made["is_paper"]) == ("SNAPTRADE", False)
    (row,) = rows(desk, BrokerAccountRow, BrokerAccountRow.id == made["account_id"])
    assert row.credentials
    assert desk.get(f"brokers/accounts/{made['account_id']}")["balances"][0]["cash"] == 10_000
    told = str(made) + row.credentials
    told += "".join(f"{each.before}{each.after}" for each in rows(desk, AuditRow))
    assert snaptrade.USER_SECRET not in told
    assert snaptrade.USER_ID not in told
    refused = desk.post("brokers/snaptrade/accounts", wish, status=409)
    assert refused["code"] == "BROKER_ACCOUNT_TAKEN"
    desk.call("DELETE", f"brokers/accounts/{made['account_id']}")
    (row,) = rows(desk, BrokerAccountRow, BrokerAccountRow.id == made["account_id"])
    assert row.credentials is None
    assert desk.post("brokers/snaptrade/accounts", wish)["account_id"] != made["account_id"]


def test_what_snaptrade_does_not_show_or_accept_is_not_connected(desk, wish):
    other = {**wish, "external_id": "917c8734-8470-4a3e-a18f-57c3f2ee6631"}
    refused = desk.post("brokers/snaptrade/accounts", other, status=422)
    assert [each["field"] for each in refused["errors"]] == ["external_id"]
    refused = desk.post("brokers/snaptrade/accounts", {**wish, "user_secret": "wrong"}, status=409)
    assert refused["code"] == "BROKER_CREDENTIALS_EXPIRED"
    assert rows(desk, BrokerAccountRow, BrokerAccountRow.external_id == wish["external_id"]) == []


def test_all_that_is_wrong_is_told_at_once(desk):
    body = {"name": "", "cash": 0, "currency": "usd", "spread_bps": 1_001, "rejection_rate": 2, "x": 1}
    refused = desk.post("brokers/paper/accounts", body, status=422)
    assert {each["field"] for each in refused["errors"]} == set(body)


@pytest.mark.parametrize("key", [None, KEY], ids=["neither", "no-client"])
def test_without_key_or_client_nothing_is_stored(tmp_path, rig, wish, key):
    """There is no fallback: not with the client but without a key, and not the other way."""
    given = settings(rig) if key is None else {"BROKER_CREDENTIAL_KEYS": key}
    bare = Desk(tmp_path, **given)
    refused = bare.post("brokers/snaptrade/accounts", wish, status=409)
    assert refused["code"] == ("BROKER_KEY_MISSING" if key is None else "BROKER_NOT_CONFIGURED")
    assert rows(bare, BrokerAccountRow) == []


def test_keys_rotate_while_accounts_stay_connected(tmp_path, rig, wish):
    first = Desk(tmp_path, BROKER_CREDENTIAL_KEYS=KEY, **settings(rig))
    path = f"brokers/accounts/{first.post('brokers/snaptrade/accounts', wish)['account_id']}"
    rotating = Desk(tmp_path, BROKER_CREDENTIAL_KEYS=f"{LATER_KEY},{KEY}", **settings(rig))
    assert rotating.get(path)["balances"]
    rotating.services.execution.accounts.rotate_keys()
    later = Desk(tmp_path, BROKER_CREDENTIAL_KEYS=LATER_KEY, **settings(rig))
    assert later.get(path)["balances"]
    assert first.get(path, status=409)["code"] == "BROKER_CREDENTIALS_UNREADABLE"
    before = rows(later, BrokerAccountRow)[0].credentials
    later.services.execution.accounts.rotate_keys()
    assert rows(later, BrokerAccountRow)[0].credentials == before


def test_accounts_are_their_user_s_alone(desk):
    made = desk.post("brokers/paper/accounts", PAPER)
    add_user(desk.services, "stranger", PASSWORD, permissions=["brokers:read", "brokers:connect"])
    token = desk.login("stranger", PASSWORD)["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    path = f"brokers/accounts/{made['account_id']}"
    assert desk.call("GET", "brokers/accounts", headers=headers)["accounts"] == []
    for method in ("GET", "DELETE"):
        assert desk.call(method, path, status=404, headers=headers)["code"] == "NOT_FOUND"


def test_a_repeated_request_connects_one_account(desk):
    before = len(rows(desk, PaperAccountRow))
    headers = {"Idempotency-Key": "connect once"}
    first = desk.call("POST", "brokers/paper/accounts", json=PAPER, headers=headers)
    assert desk.call("POST", "brokers/paper/accounts", json=PAPER, headers=headers) == first
    assert len(rows(desk, PaperAccountRow)) == before + 1


def test_permissions_are_asked_for(tmp_path):
    bare = Desk(tmp_path)
    made = bare.post("brokers/paper/accounts", PAPER)
    bare.log_in_without("brokers:connect")
    for method, path in (
        ("POST", "brokers/paper/accounts"),
        ("DELETE", f"brokers/accounts/{made['account_id']}"),
    ):
        assert bare.call(method, path, status=403, json=PAPER)["permission"] == "brokers:connect"
    bare.log_in_without("brokers:read")
    assert bare.get("brokers/accounts", status=403)["permission"] == "brokers:read"
