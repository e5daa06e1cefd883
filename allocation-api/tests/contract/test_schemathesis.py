"""schemathesis against the whole application, in-process: every operation, all of its checks.

What JSON Schema cannot say (ids that exist, weights that sum to one, a settlement date that is not over) is
supplied here, by `make_meaningful`, and only to data that is meant to be valid. What is meant to be wrong is
sent exactly as it was generated.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from itertools import cycle
from math import ceil, copysign
from threading import Event
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, assume, settings
from schemathesis import Case
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import negative_data_rejection

from app import create_app
from app.api.backtest import LEAST_RISK
from app.api.blotters import ONE_LINE
from app.api.drift_targets import CLASSES
from app.api.kit.context import services
from app.api.kit.tokens import Session, tokens_of
from app.api.kit.xlsx import XLSX, xlsx_file
from app.api.market_history import EXAMPLE_ASSETS, TWO_LINES
from app.core.clock import utc_now
from app.core.config import load_settings
from app.core.security import Permission
from app.schemas.access import Keeper
from app.schemas.trading import MAX_SYNCHRONISED
from app.services.access.sessions import Client
from app.services.access.views import NewUser
from app.services.alerts.channel_rows import ChannelTerms
from app.services.alerts.types import ChannelKind, Finding, RuleName, Severity
from app.services.alerts.views import AlertFilter
from app.services.domain.caller import Caller
from app.services.visibility.visibility import EVERYTHING
from tests.contract.validation import load_contract
from tests.support.desk import database_url
from tests.support.profiles import examples
from tests.support.signing import SIGNING_KEY
from tests.support.users import OPERATOR, OTHER_PASSWORD, PASSWORD

pytestmark = pytest.mark.slow

GROUP = "PUBLICPRE"
LOT = 1_000
KNOWN: dict[str, list[str]] = {}
"""Ids that the application really has, by the format under which the contract publishes them."""

DECIDING = "demo_supervisor"
"""The user who approves and settles what the other has asked for."""

DECISIONS = frozenset(
    f"/allocations/{{allocation_id}}/{name}" for name in ("approve", "reject", "settle", "settle/reject")
)
WAITING = frozenset(f"/allocations/{{allocation_id}}/{name}" for name in ("approve", "reject", "withdraw"))
"""Operations on a commit that waits for an approval: each case has one of its own."""

IDS: dict[str, str] = {}
"""Ids of users by name."""

NO_LIMITS = "code,scope,scope_id,value"
"""A reference file that changes nothing."""

BONDS: Iterator[str] = iter(())
"""Bonds for commits that wait, over and over."""

RUNNING: list[Flask] = []


def running(environ: Any, start_response: Any) -> Any:
    """The application as a WSGI callable that can be named before the application is built."""
    return RUNNING[0](environ, start_response)


@schemathesis.serializer("text/csv")
def csv_serializer(_context: Any, value: Any) -> bytes:
    """The body as it was generated, in UTF-8 where that is possible."""
    return str(value).encode("utf-8", "replace")


@schemathesis.serializer(XLSX)
def xlsx_serializer(_context: Any, value: Any) -> bytes:
    """The body as it was generated."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


FUZZ_CASES = int(os.environ.get("FUZZ_CASES", "0"))
"""Requests of a run of `make fuzz`, other ones each time; 0 for the few that are the same in every run."""

OPERATIONS = {"get", "post", "put", "patch", "delete"}


def cases() -> settings:
    """How many requests each operation gets, and whether they are others each time."""
    common: dict[str, Any] = {
        "deadline": None,
        "database": None,
        "phases": [Phase.explicit, Phase.generate],
        "suppress_health_check": list(HealthCheck),
    }
    if not FUZZ_CASES:
        return examples(25, derandomize=True, **common)
    operations = sum(len(OPERATIONS & path.keys()) for path in load_contract()["paths"].values())
    return settings(max_examples=ceil(FUZZ_CASES / operations), print_blob=True, **common)


schema = schemathesis.openapi.from_dict(load_contract(), config=SchemathesisConfig())
schema.app = running


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = create_app(
        load_settings(
            {
                "FLASK_ENV": "development",
                "JWT_SECRET_KEY": SIGNING_KEY,
                "DATABASE_URL": database_url(tmp_path_factory.mktemp("schemathesis")),
                "ALADDIN_QUOTA_SECONDS": "1",  # generated requests come faster than a desk's
                "RATE_LIMIT_PER_MINUTE": "0",
                "APPROVAL_ABOVE_NOTIONAL": "1500000",
                "LOGIN_MAX_FAILURES": "100",
                "LOGIN_MAX_FAILURES_PER_NAME": "10000",
                "LOGIN_MAX_FAILURES_PER_ADDRESS": "10000",
                "LOG_LEVEL": "ERROR",
            }
        )
    )
    RUNNING.append(app)
    with app.app_context():
        yield app
    RUNNING.clear()


@pytest.fixture(scope="module")
def user(application: Flask) -> dict[str, Any]:
    """Log in, and leave behind one of everything that an id can name."""
    client = application.test_client()
    login = {"username": "demo_user", "password": "demo_password"}
    session = client.post("/v1/auth/login", json=login).get_json()
    headers = {"Authorization": f"Bearer {session['access_token']}"}

    def get(path: str) -> Any:
        return client.get(f"/v1/{path}", headers=headers).get_json()

    KNOWN["portfolio-group-id"] = [GROUP]
    KNOWN["account-id"] = [a["account_id"] for a in get(f"portfolio-groups/{GROUP}/accounts")["accounts"]]
    KNOWN["security-id"] = [b["cusip"] for b in get("securities/search?query=us&limit=3")["securities"]]
    global BONDS  # noqa: PLW0603 - known once the application runs
    BONDS = cycle([b["cusip"] for b in get("securities/search?query=treasury&limit=50")["securities"]])
    KNOWN["refresh-token"] = [session["refresh_token"]]
    for kind in ("allocation-id", "comparison-id", "order-id", "audit-id"):
        KNOWN[kind] = []
    for bond in KNOWN["security-id"]:
        body = {
            "order": {"security_id": bond, "side": "BUY", "quantity": 1_000_000},
            "allocation_method": "PRO_RATA",
            "portfolio_groups": [GROUP],
        }
        preview = client.post("/v1/allocations/preview", headers=headers, json=body).get_json()
        path = f"/v1/allocations/{preview['allocation_id']}/commit"
        done = client.post(path, headers=headers, json={"override_warnings": True}).get_json()
        KNOWN["allocation-id"].append(preview["allocation_id"])
        KNOWN["order-id"].extend(done["aladdin_order_ids"])
        KNOWN["audit-id"].append(done["audit_id"])
        compared = {key: body[key] for key in ("order", "portfolio_groups")}
        compared["variants"] = [{"allocation_method": "MIN_DISPERSION"}]
        shown = client.post("/v1/allocations/compare", headers=headers, json=compared).get_json()
        KNOWN["comparison-id"].append(shown["comparison_id"])
    other = client.post("/v1/auth/login", json={**login, "username": DECIDING}).get_json()
    IDS.update({each["user"]["username"]: each["user"]["id"] for each in (session, other)})
    users = services().access.administration
    added = [users.add(NewUser(name, PASSWORD), OPERATOR) for name in ("anna", "bert")]
    KNOWN["user-id"] = [one.id for one in added]
    KNOWN["administrator-id"] = [users.named("demo_admin").id]
    KNOWN["fairness-policy-id"] = ["default"]
    KNOWN["reference-file"] = ["limits"]
    KNOWN["preference-name"] = ["orders.columns"]
    blotter = client.post("/v1/blotters", headers=headers, json={"lines": [body]}).get_json()
    KNOWN["blotter-id"] = [blotter["blotter_id"]]
    targets = client.post("/v1/drift/target-sets", headers=headers, json=CLASSES).get_json()
    KNOWN["target-set-id"] = [targets["target_set_id"]]
    KNOWN["alert-id"] = [_alert()]
    KNOWN["alert-delivery-id"] = ["00000000-0000-4000-8000-000000000000"]
    tried = {"base": LEAST_RISK, "grid": {"window": [63, 126]}}
    grid = client.post("/v1/backtest/grids", headers=headers, json=tried).get_json()
    KNOWN["backtest-grid-id"] = [grid["grid_id"]]
    first = grid["backtests"][0]
    assert services().jobs.executor.run(first["job_id"], Event(), lambda: None)
    KNOWN["backtest-id"] = [first["backtest_id"]]
    KNOWN["job-id"] = ["00000000-0000-4000-8000-000000000000"]
    KNOWN["holdings"] = ['{"AAPL":{"asset_class":"stocks","value":26940}}']
    paper = {"name": "Paper", "cash": 1_000_000}
    account = client.post("/v1/brokers/paper/accounts", headers=headers, json=paper).get_json()
    KNOWN["broker-account-id"] = [account["account_id"]]
    order = {"symbol": EXAMPLE_ASSETS[0], "side": "BUY", "type": "LIMIT", "quantity": 1, "limit_price": 1}
    path = f"/v1/brokers/accounts/{account['account_id']}/orders"
    KNOWN["broker-order-id"] = [client.post(path, headers=headers, json=order).get_json()["order_id"]]
    KNOWN["cursor"] = [get("audit?limit=1")["next_cursor"]]
    return session["user"]


@schema.parametrize()
@cases()
def test_every_operation_keeps_the_contract(case: Case, user: dict[str, Any]) -> None:
    # An empty list is not there in a URL: a parameter that is wrong by it alone is not sent.
    assume([] not in (case.query or {}).values())
    if case.meta is not None and case.meta.generation.mode.is_positive:
        make_meaningful(case)
    else:
        assume(case.path not in ITEM_BY_ITEM)
    # What checks the answers reads them as they come.
    headers = {"Authorization": f"Bearer {_token(case, user)}", "Accept-Encoding": "identity"}
    # No bytes are against a schema of bytes, but a workbook put into a case is taken for it.
    excluded = [negative_data_rejection] if case.media_type == XLSX else []
    try:
        case.call_and_validate(base_url=_server(case.path), headers=headers, excluded_checks=excluded)
    finally:
        _open_trading()


def _open_trading() -> None:
    """Reset a stop as somebody else, so that later cases can commit."""
    stop = services().safety.stop
    if stop.status().stopped:
        stop.reset("generated", Caller("another", "another", frozenset(Permission), "generated"))


def _server(path: str) -> str:
    """Where a path is served; named for every case, since undeclared methods are else sent below /v1."""
    contract = load_contract()
    servers = contract["paths"][path].get("servers", contract["servers"])
    return "http://localhost" + servers[0]["url"]


def _token(case: Case, user: dict[str, Any]) -> str:
    """A token of its own for every case, since logging out makes one worthless."""
    if case.path.startswith(("/admin/", "/alerts/channels", "/alerts/deliveries")):
        tokens = _session_tokens(KNOWN["administrator-id"][0])
    elif case.path == "/auth/password":
        tokens = _session_tokens(_with_password())
    else:
        tokens = _session_tokens(IDS[DECIDING] if case.path in DECISIONS else user["id"])
    return str(tokens.refresh_token if case.path == "/auth/refresh" else tokens.access_token)


def _with_password() -> str:
    """Return the id of a user whose password is the usual one, whatever earlier cases have set."""
    user_id = KNOWN["user-id"][0]
    users = services().access.administration
    users.enable(user_id, OPERATOR)
    users.set_password(user_id, PASSWORD, OPERATOR)
    users.unlock(user_id, OPERATOR)
    return user_id


def _session_tokens(user_id: str) -> Session:
    """Tokens of a new session."""
    access = services().access
    opened = access.sessions.begin(access.users.user(user_id), since=utc_now(), client=Client(None, None))
    return tokens_of(opened, Keeper.BODY)


def make_meaningful(case: Case) -> None:
    """Put ids that exist where ids are asked for, and make what is valid in parts valid as a whole."""
    operation = case.operation.definition.raw
    for parameter in operation.get("parameters", ()):
        given = case.path_parameters if parameter["in"] == "path" else case.query
        kind = parameter["schema"].get("format")
        if kind in KNOWN and given and parameter["name"] in given:
            given[parameter["name"]] = _one_of(KNOWN[kind], given[parameter["name"]])
    if case.headers and "Idempotency-Key" in case.headers:  # a used one is refused
        case.headers["Idempotency-Key"] = str(uuid.uuid4())
    if case.query and "anchor" in case.query:  # it must lie within the days
        case.query.pop("date_from", None)
        case.query.pop("date_to", None)
    if case.query and {"date_from", "date_to"} <= set(case.query):
        case.query["date_from"], case.query["date_to"] = sorted(
            (case.query["date_from"], case.query["date_to"])
        )
    if case.query and case.query.get("rule") == "PER_ORDER":  # it takes no weight
        case.query.pop("fairness_weight", None)
    if case.path == "/orders" and case.query and int(case.query.get("limit", 0)) > MAX_SYNCHRONISED:
        case.query["recorded"] = "true"  # a long page is of what is recorded
    if case.path.startswith(("/data/market", "/regime")):
        _make_market_meaningful(case)
    _make_path_meaningful(case)
    _make_load_meaningful(case)
    if isinstance(case.body, dict):
        _make_body_meaningful(case.path, case.body)
        case.body = _within_numbers(case.body)


def _within_numbers(value: Any) -> Any:
    """Return a JSON value whose numbers are those that the service takes: 0, and of 1e-300 to 1e300."""
    if isinstance(value, dict):
        return {key: _within_numbers(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_within_numbers(each) for each in value]
    if isinstance(value, float) and value:
        return copysign(min(max(abs(value), 1e-300), 1e300), value)
    return value


def _make_market_meaningful(case: Case) -> None:
    """Assets of the demo universe, all columns, and a moment after they came; CSV of the documentation."""
    if case.path.startswith("/regime"):
        _make_regime_meaningful(case)
    if case.query and "assets" in case.query:
        case.query["assets"] = ",".join(EXAMPLE_ASSETS)
        for name in ("fields", "metrics", "known_at", "benchmark", "risk_free_rate"):
            case.query.pop(name, None)
    if case.query and case.path == "/data/market":  # ten years are long to check
        case.query.update(start_date="2026-01-05", end_date="2026-01-16")
    if case.media_type == "text/csv":
        case.body = TWO_LINES


def _make_regime_meaningful(case: Case) -> None:
    """A year of the demo market, as it is known now: at most times that are drawn nothing was known yet."""
    if case.query:
        case.query.pop("known_at", None)
        if {"start_date", "end_date"} & set(case.query):
            case.query.update(start_date="2025-01-01", end_date="2025-12-31")
        if "cost_basis_points" in case.query:
            case.query["cost_basis_points"] = round(float(case.query["cost_basis_points"]), 2)


def _alert() -> str:
    """Return the id of an alert that everybody sees."""
    found = Finding("generated", "it", Severity.WARNING, "Something.")
    services().alerts.look.compare(RuleName.VENDOR_STALE, [found])
    everybody = Caller("another", "another", frozenset(Permission), "generated")
    page = services().alerts.service.list(AlertFilter(), everybody, EVERYTHING, cursor=None, limit=1)
    return page.items[0].alert_id


def _channel() -> str:
    """Return the id of a new channel, to a port at which nobody listens."""
    administrator = Caller("another", "another", frozenset(Permission), "generated")
    terms = ChannelTerms(str(uuid.uuid4()), ChannelKind.WEBHOOK, url="http://127.0.0.1:9/", enabled=False)
    for channel in services().alerts.channels.list():
        services().alerts.channels.delete(channel.channel_id, administrator)
    return services().alerts.channels.create(terms, administrator).channel_id


def _make_channel_meaningful(body: dict[str, Any]) -> None:
    """A webhook of the desk's own host; there is no mail server."""
    for name in ("secret", "recipients", "quiet_from", "quiet_to"):
        body.pop(name, None)
    body |= {"name": str(uuid.uuid4()), "kind": "WEBHOOK", "url": "http://127.0.0.1:9/", "body": "JSON"}
    if "version" in body:
        body["version"] = 1


def _make_path_meaningful(case: Case) -> None:
    if case.path in WAITING and case.path_parameters:
        case.path_parameters["allocation_id"] = _waiting()
    if case.path_parameters and "channel_id" in case.path_parameters:
        case.path_parameters["channel_id"] = _channel()


def _make_load_meaningful(case: Case) -> None:
    if case.path == "/drift/attribution" and case.query:  # no snapshots are kept here
        case.query.update(account_id="NONE", date_from="2026-06-29", date_to="2026-06-30")
        case.query.pop("dimension", None)
    if case.path == "/blotters/file" and case.method == "POST":
        line = ONE_LINE.replace("PRO_RATA", "MIN_DISPERSION")  # which can be split jointly, too
        case.body = _workbook(line) if case.media_type == XLSX else line
    if case.path in {"/blotters/{blotter_id}", "/drift/out-of-band"} and case.query:
        case.query.pop("cursor", None)  # it has cursors of its own
    if case.path == "/admin/reference/{reference_file}" and case.method == "PUT":
        case.body = NO_LIMITS
        case.query = {**(case.query or {}), "comment": "generated", "remove": "false"}
    if case.path == "/admin/reference" and isinstance(case.body, dict):
        case.body.update(files={"limits": NO_LIMITS}, comment="generated", remove=False)


def _workbook(csv: str) -> bytes:
    header, line = (row.split(",") for row in csv.splitlines())
    with xlsx_file("Blotter", header, iter([line]), {}) as file:
        return file.read()


def _waiting() -> str:
    """A commit of the user that waits for an approval, of another bond each time: no account gets full."""
    client = RUNNING[0].test_client()
    headers = {"Authorization": f"Bearer {_session_tokens(IDS['demo_user']).access_token}"}
    body = {
        "order": {"security_id": next(BONDS), "side": "BUY", "quantity": 4_000_000},
        "allocation_method": "PRO_RATA",
        "portfolio_groups": [GROUP],
        "constraints": {"respect_cash": False},
    }
    preview = client.post("/v1/allocations/preview", headers=headers, json=body).get_json()
    path = f"/v1/allocations/{preview['allocation_id']}/commit"
    done = client.post(path, headers=headers, json={"override_warnings": True}).get_json()
    assert done["status"] in {"PENDING_APPROVAL", 409}, done
    return str(preview["allocation_id"])


def _make_body_meaningful(path: str, body: dict[str, Any]) -> None:
    body.pop("acknowledge", None)  # the ids of warnings are the preview's own
    if path.startswith("/admin/users"):
        _make_user_meaningful(body)
    elif path in MEANINGFUL:
        MEANINGFUL[path](body)


def _make_drift_meaningful(body: dict[str, Any]) -> None:
    # Generated targets do not sum to 100, the schema says nothing of keys, and tiny numbers are refused.
    body.pop("targets", None)
    for name in {"threshold", "rebalancing_threshold", "minimum_trade"} & body.keys():
        body[name] = round(body[name], 2)
    for name, key in (("holdings", "AAPL"), ("unit_prices", "stocks")):
        if body.get(name):
            body[name] = {key: next(iter(body[name].values()))}
    for holding in body.get("holdings", {}).values():
        holding["value"] = round(holding["value"], 2)


def _make_proposal_meaningful(body: dict[str, Any]) -> None:
    for name in ("amount", "maximum_cost", "security_ids"):  # what the others have to agree with
        body.pop(name, None)
    body.update(mode="to_band", candidates="held", time_limit_seconds=1)


def _make_settlement_meaningful(body: dict[str, Any]) -> None:
    body["outcome"] = "NOT_SENT"
    body.pop("order_id", None)


def _make_adjustment_meaningful(body: dict[str, Any]) -> None:
    face = int(next(iter(body.values())))
    body.clear()
    body[KNOWN["account-id"][0]] = face


def _make_order_meaningful(body: dict[str, Any]) -> None:
    if "quantity" in body:
        body["quantity"] = max(LOT * (body["quantity"] // LOT), 200 * LOT)


def _make_logout_meaningful(body: dict[str, Any]) -> None:
    if body.get("refresh_token"):
        body["refresh_token"] = KNOWN["refresh-token"][0]


def _make_user_meaningful(body: dict[str, Any]) -> None:
    """Give a user a name that nobody has and a password that is not easy to guess, and any version."""
    body.pop("version", None)
    if "username" in body:
        body["username"] = f"user-{uuid.uuid4()}"
    if body.get("password") is not None:
        body["password"] = OTHER_PASSWORD


def _make_policy_meaningful(body: dict[str, Any]) -> None:
    """Leave the desk's default as it is, for the previews, and weights and carry with what they need."""
    body["mode"] = "PER_ORDER"
    body.pop("stated_weights", None)
    body.pop("half_life_days", None)
    if body.get("weights") == "STATED":
        body["stated_weights"] = {KNOWN["account-id"][0]: 1}
    if body.get("carry") == "HALF_LIFE":
        body["half_life_days"] = 30


def _make_targets_meaningful(body: dict[str, Any]) -> None:
    """Shares sum to 100, keys are known, and days are not over; what holds for other cases stays in force."""
    body.update(scope="GROUP", scope_id=GROUP, dimension="SECTOR", bucket_edges=[], metric_targets=[])
    body["targets"] = [{"key": "GOVT", "target_percent": 100}]
    body.pop("effective_from", None)


def _one_of(known: list[str], given: Any) -> str:
    """Choose by what was generated, so that the choice can be repeated."""
    return known[len(str(given)) % len(known)]


def _make_size_meaningful(order: dict[str, Any]) -> None:
    """Leave one of the sizes, of a few pieces at least."""
    given = [name for name in ("percent_of_nav", "notional", "quantity") if order.get(name)]
    size = given[0] if given else "quantity"
    for name in ("percent_of_nav", "notional", "quantity"):
        if name != size:
            order.pop(name, None)
    if size == "quantity":
        order["quantity"] = max(int(order.get("quantity", 1)), 1)  # cents only where positions have them
    else:
        order.pop("price", None)
        least, most = (0.01, 0.5) if size == "percent_of_nav" else (10_000_000, 1_000_000_000)
        order[size] = min(max(float(order[size]), least), most)


def _make_preview_meaningful(body: dict[str, Any]) -> None:
    order = body["order"]
    order["security_id"] = _one_of(KNOWN["security-id"], order["security_id"])
    _make_size_meaningful(order)
    if "quantity" not in order:  # an amount of money has to buy a piece
        body.get("constraints", {}).pop("min_allocation", None)
    order.pop("settlement_date", None)
    body["portfolio_groups"] = [GROUP]
    if body.get("constraints", {}).get("exclude_accounts"):
        body["constraints"]["exclude_accounts"] = [{"account_id": KNOWN["account-id"][1], "reason": "asked"}]
    _make_wishes_meaningful(body.get("constraints", {}))
    parameters = body.setdefault("parameters", {})
    uses_weights = body["allocation_method"] == "CUSTOM_WEIGHTS"
    for name in ("allocations", "remainder_handling", "allow_partial"):  # only instead of weights
        parameters.pop(name, None)
    amounts = {"CUSTOM", "ORDER_SIZE"}
    uses_amounts = body["allocation_method"] == "PRO_RATA" and parameters.get("base_metric") in amounts
    if not uses_weights:
        parameters.pop("normalize", None)
    if parameters.pop("tiers", None) and not uses_weights:
        parameters["tiers"] = [[KNOWN["account-id"][0]]]
    if parameters.get("base_metric") == "GAP":  # a benchmark is of three metrics
        parameters["target_metric"] = "ACTIVE_SPREAD_DURATION"
    _make_fairness_meaningful(body["allocation_method"], parameters)
    for name, used in (("weights", uses_weights), ("base_amounts", uses_amounts)):
        parameters.pop(name, None)
        if used:
            parameters[name] = {KNOWN["account-id"][0]: 1}


def _make_fairness_meaningful(method: str, parameters: dict[str, Any]) -> None:
    """Leave a weight or a cost, not both, to minimum dispersion by the ledger; a base of its own has none."""
    if parameters.get("base_metric") not in (None, "NAV") and parameters.get("fairness") == "LEDGER":
        parameters["fairness"] = "PER_ORDER"
    for name in ("fairness_weight", "max_dispersion_cost"):
        if method != "MIN_DISPERSION" or parameters.get("fairness") != "LEDGER":
            parameters.pop(name, None)
    if parameters.get("fairness_weight") is not None or parameters.get("tiers"):
        parameters.pop("max_dispersion_cost", None)


def _make_capacity_meaningful(body: dict[str, Any]) -> None:
    _make_preview_meaningful({**body, "allocation_method": "PRO_RATA"})
    body["portfolio_groups"] = [GROUP]


def _make_comparison_meaningful(body: dict[str, Any]) -> None:
    shared = body.setdefault("constraints", {})
    for variant in body["variants"]:
        variant.pop("name", None)
        own = variant.pop("constraints", None)
        alone = {**body, **variant, "constraints": shared if own is None else own}
        _make_preview_meaningful(alone)
        variant |= {"parameters": alone["parameters"], "constraints": own}
    _make_preview_meaningful({**body, "allocation_method": "PRO_RATA", "parameters": {}})
    body["portfolio_groups"] = [GROUP]


def _make_blotter_meaningful(body: dict[str, Any]) -> None:
    order = {"security_id": KNOWN["security-id"][0], "side": "BUY", "quantity": LOT}
    line = {"order": order, "allocation_method": "MIN_DISPERSION", "portfolio_groups": [GROUP]}
    body["lines"] = [line] * min(len(body["lines"]), 3)  # a body of the most lines is too long
    body.pop("defaults", None)


def _make_wishes_meaningful(constraints: dict[str, Any]) -> None:
    """Put wishes that any account can meet where some are asked for."""
    if constraints.get("account_limits"):
        constraints["account_limits"] = {KNOWN["account-id"][2]: {"max": 200 * LOT}}
    if constraints.get("cash_reserve") is not None:
        constraints["cash_reserve"] = {"percent_of_nav": 0.01}
        constraints["respect_cash"] = True
    if constraints.get("round_to"):
        constraints["round_to"] = LOT * 100
    else:
        constraints.pop("round_to_above_only", None)


def _make_import_meaningful(body: dict[str, Any]) -> None:
    """Two days of one symbol: generated rows repeat each other, and are of all times."""
    closes = [row["close"] for row in body["rows"][:2]]
    body["rows"] = [
        {"date": f"2026-01-0{5 + at}", "symbol": "GENERATED", "close": min(max(float(close), 0.01), 1e6)}
        for at, close in enumerate(closes)
    ]


ITEM_BY_ITEM = {"/data/market/batch"}
"""Operations that answer 200 to wrong items, each with its error in its place."""


def _make_batch_meaningful(body: dict[str, Any]) -> None:
    """Items of the fields of their type, about a few days."""
    days = {"historical": {"start_date": "2026-01-05", "end_date": "2026-01-16"}}
    body["requests"] = [
        {"type": item["type"], "assets": list(EXAMPLE_ASSETS), **days.get(item["type"], {})}
        for item in body["requests"][:3]
    ]


def _make_risk_meaningful(body: dict[str, Any]) -> None:
    """Two assets of the demo universe over half a year, of which all that is asked for can be had."""
    one, other, _ = EXAMPLE_ASSETS
    body.update(weights={one: 0.6, other: 0.4}, start_date="2026-01-05", end_date="2026-06-30")
    body.pop("known_at", None)
    body.update(frequency="daily", benchmark=other)
    if body.get("shocks"):
        body["shocks"] = {one: -0.2}
    for name, length in (("worst_windows", "periods"), ("rolling", "window")):
        if body.get(name):
            body[name][length] = 20


def _make_backtest_meaningful(body: dict[str, Any]) -> None:
    """Two assets of the demo universe over half a year, by a strategy that fits its parameters."""
    one, other, _ = EXAMPLE_ASSETS
    strategy = body["strategy"]
    kind = "optimization" if strategy["type"] == "regime" else strategy["type"]
    parameters = {"objective": "MinRisk", "window": 40, "min_window": 20}
    if kind != "optimization":
        parameters = {"weights": {one: 0.6, other: 0.4}}
    strategy.update(type=kind, parameters=parameters)
    body.update(assets=[one, other], start_date="2026-01-05", end_date="2026-06-30", benchmark=other)
    for name in ("known_at", "constraints"):
        body.pop(name, None)


def _make_grid_meaningful(body: dict[str, Any]) -> None:
    """Two frequencies, and fewer folds to test than there are."""
    _make_backtest_meaningful(body["base"])
    if body.get("cross_validation"):
        body["cross_validation"] = {"folds": 6, "test_folds": 2}
    body["grid"] = {"rebalancing_frequency": ["monthly", "quarterly"]}


def _make_reallocation_meaningful(body: dict[str, Any]) -> None:
    """Two assets whose target is worth what is held, by the prices of half a year."""
    one, other, _ = EXAMPLE_ASSETS
    for name in (
        "target_weights",
        "target_set_id",
        "target_objective",
        "liquidity",
        "known_at",
        "day_start_weights",
    ):
        body.pop(name, None)
    body.update(current={one: 180, other: 120}, target={one: 200, other: 100}, cash=0, minimum_trade=0)
    body.update(start_date="2026-01-05", end_date="2026-06-30", frequency="daily")


BOND_OF_AN_ASSET = {EXAMPLE_ASSETS[0]: "91282CKF7"}


def _make_optimization_meaningful(body: dict[str, Any]) -> None:
    """Three assets of the demo universe over half a year, within limits that can be met."""
    body.update(assets=list(EXAMPLE_ASSETS), start_date="2026-01-05", end_date="2026-06-30")
    body.update(model="Classic", risk_measure="MV", objective="MinRisk", frequency="daily")
    body.update(constraints={"upper_bound": 0.6}, transaction_cost=0, frontier_points=3, covariance="sample")
    for name in ("known_at", "views", "factors", "market_weights", "current_weights"):
        body.pop(name, None)


def _make_broker_order_meaningful(body: dict[str, Any]) -> None:
    """A purchase that waits, of an asset of the demo universe."""
    body.update(symbol=EXAMPLE_ASSETS[0], side="BUY", type="LIMIT", quantity=1, limit_price=1)


MEANINGFUL = {
    "/brokers/paper/accounts": lambda body: body.update(cash=1_000_000),
    "/brokers/accounts/{broker_account_id}/orders": _make_broker_order_meaningful,
    "/brokers/accounts/{broker_account_id}/preview": _make_broker_order_meaningful,
    "/backtest/run": _make_backtest_meaningful,
    "/backtest/grids": _make_grid_meaningful,
    "/reallocation/evaluate": _make_reallocation_meaningful,
    "/portfolio/optimize": _make_optimization_meaningful,
    "/reallocation/{reallocation_id}/blotter": lambda body: body.update(securities=BOND_OF_AN_ASSET),
    "/monitor/portfolio/{portfolio_id}/config": lambda body: body.update(asset_classes={}),
    "/risk/analyze": _make_risk_meaningful,
    "/data/market/batch": _make_batch_meaningful,
    "/data/market/import": _make_import_meaningful,
    "/allocations/preview": _make_preview_meaningful,
    "/allocations/capacity": _make_capacity_meaningful,
    "/allocations/compare": _make_comparison_meaningful,
    "/allocations/compare/{comparison_id}/choose": lambda body: body.update(variant="1"),
    "/allocations/{allocation_id}/adjust": _make_adjustment_meaningful,
    "/allocations/{allocation_id}/settle": _make_settlement_meaningful,
    "/allocation/calculate": _make_drift_meaningful,
    "/allocation/targets": lambda body: body.pop("targets", None),
    "/allocation/check-rebalancing": _make_drift_meaningful,
    "/allocation/drift-analysis": _make_drift_meaningful,
    "/drift/proposals": _make_proposal_meaningful,
    "/alerts/channels": _make_channel_meaningful,
    "/alerts/channels/{channel_id}": _make_channel_meaningful,
    "/blotters": _make_blotter_meaningful,
    "/blotters/{blotter_id}/commit": lambda body: (body.pop("acknowledge", None), body.pop("lines", None)),
    "/orders/{order_id}": _make_order_meaningful,
    "/system/emergency-stop": lambda body: body.pop(
        "cancel_working_orders", None
    ),  # later cases change these
    "/drift/target-sets": _make_targets_meaningful,
    "/drift/target-sets/{target_set_id}/retire": lambda body: body.update(version=0, effective_from=None),
    "/fairness/policy": _make_policy_meaningful,
    "/auth/password": lambda body: body.update(current_password=PASSWORD, new_password=OTHER_PASSWORD),
    "/auth/logout": _make_logout_meaningful,
    "/usage": lambda body: body.update(events=[{"kind": "PAGE", "name": "orders"}]),
    "/preferences/{preference_name}": lambda body: body.pop("version", None),
}
"""What makes a generated body one that the service may take, by path."""
