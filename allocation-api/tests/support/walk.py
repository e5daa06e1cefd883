"""What a walk over every operation asks for: one request each, about things of one portfolio group."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass, field, replace
from typing import Any

from app.api.kit.operation import Operation
from app.api.kit.routes import Route, routes
from app.api.namespaces import AT_ROOT, VERSIONED

PERIOD = {"date_from": "2026-01-01", "date_to": "2099-12-31"}
LEDGER_PERIOD = {"date_from": "2026-01-01", "date_to": "2026-12-31"}
NO_ID = "00000000-0000-0000-0000-00000000000"


@dataclass(frozen=True)
class Ask:
    """The request of one operation. `other` is its status where all it names is of groups out of sight,
    None where that depends on what was asked before.

    `unlike` says why its answer is not the same as about things that do not exist.
    """

    other: int | None
    body: Any = None
    query: dict[str, Any] = field(default_factory=dict)
    unlike: str | None = None
    csv: str | None = None


@dataclass(frozen=True)
class Things:
    """Ids of one of everything, all of one portfolio group."""

    group_id: str
    account_id: str
    security_id: str
    allocation_id: str
    comparison_id: str
    order_id: str
    message_id: str
    audit_id: str
    user_id: str
    session_id: str
    reference_file: str = "limits"
    preference_name: str = "orders.columns"
    job_id: str = f"{NO_ID}6"
    blotter_id: str = f"{NO_ID}7"
    alert_id: str = f"{NO_ID}8"
    channel_id: str = f"{NO_ID}9"
    delivery_id: str = f"{NO_ID}a"
    target_set_id: str = f"{NO_ID}b"
    proposal_id: str = f"{NO_ID}c"
    backtest_id: str = f"{NO_ID}d"
    grid_id: str = f"{NO_ID}e"
    reallocation_id: str = f"{NO_ID}f"
    portfolio_id: str = f"{NO_ID[:-1]}10"
    broker_account_id: str = f"{NO_ID[:-1]}11"
    broker_order_id: str = f"{NO_ID[:-1]}12"

    def missing(self) -> Things:
        """Ids of the same form of which nothing exists; the bond is there."""
        return replace(
            self,
            group_id="NONE",
            account_id="NONE-01",
            allocation_id=f"{NO_ID}1",
            comparison_id=f"{NO_ID}2",
            order_id="987654321",
            message_id=f"{NO_ID}1-1",
            audit_id=f"{NO_ID}3",
            user_id=f"{NO_ID}4",
            session_id=f"{NO_ID}5",
            blotter_id=f"{NO_ID}7",
            alert_id=f"{NO_ID}8",
            target_set_id=f"{NO_ID}b",
            proposal_id=f"{NO_ID}c",
            portfolio_id=f"{NO_ID[:-1]}10",
            broker_account_id=f"{NO_ID[:-1]}11",
            broker_order_id=f"{NO_ID[:-1]}12",
        )


SNAPTRADE_ACCOUNT = {
    "name": "Kraken",
    "currency": "USD",
    "external_id": "917c8734-8470-4a3e-a18f-57c3f2ee6631",
    "user_id": "u",
    "user_secret": "s",
}


BROKER_ORDER = {"symbol": "CM-GOLD", "side": "BUY", "type": "MARKET", "quantity": 1}


def asks(of: Things) -> dict[str, Ask]:
    """One request for every operation, by its name. Path parameters are filled by `path_of`."""
    holdings = {"AAPL": {"asset_class": "stocks", "value": 26940}}
    drift = {"holdings": holdings, "portfolio_value": 183535.63}
    market = {"assets": "CM-GOLD,EQ-EUROPE"}
    held = {"type": "buy_and_hold", "parameters": {"weights": {"CM-GOLD": 1}}}
    backtest = {"strategy": held, "assets": ["CM-GOLD"], "start_date": "2026-01-05"}
    tried = {"rebalancing_frequency": ["monthly", "quarterly"]}
    drift_query = {"holdings": json.dumps(holdings), "portfolio_value": "183535.63"}
    order = {"security_id": of.security_id, "side": "BUY", "quantity": 1_000_000}
    groups = {"portfolio_groups": [of.group_id]}
    preview = {"order": order, "allocation_method": "PRO_RATA", **groups}
    compare = {"order": order, "variants": [{"allocation_method": "PRO_RATA"}], **groups}
    policy = {"version": 0, "mode": "PER_ORDER", "statement": "Shared by NAV."}
    targets = {
        "scope": "GROUP",
        "scope_id": of.group_id,
        "dimension": "ASSET_CLASS",
        "version": 0,
        "comment": "A walk over every route",
        "targets": [{"key": "bonds", "target_percent": 100}],
    }
    decision = {"version": 99, "comment": "A walk over every route"}
    by_group = {**PERIOD, "group_id": of.group_id}
    ledger = {**LEDGER_PERIOD, "group_id": of.group_id}
    limits = "code,scope,scope_id,value\r\n"
    no_thing, password = "it names nothing", "velvet anchor twelve plums"
    reason = {"reason": "A walk over every route"}
    return {
        "login": Ask(401, {"username": "nobody", "password": "no such password"}, unlike=no_thing),
        "refresh": Ask(401, {}, unlike=no_thing),
        "logout": Ask(200, {}, unlike=no_thing),
        "me": Ask(200, unlike=no_thing),
        "listRoles": Ask(200, unlike=no_thing),
        "listSessions": Ask(200, unlike=no_thing),
        "endSession": Ask(404),
        "endSessions": Ask(200, unlike=no_thing),
        "getSignOn": Ask(200, unlike=no_thing),
        "startSignOn": Ask(404, unlike=no_thing),
        "finishSignOn": Ask(404, unlike=no_thing),
        "changePassword": Ask(
            422, {"current_password": "no such password", "new_password": "short"}, unlike=no_thing
        ),
        "loadReference": Ask(403, {"files": {"limits": limits}, "comment": "A walk", "dry_run": True}),
        "loadReferenceFile": Ask(403, csv=limits, query={"comment": "A walk", "dry_run": "true"}),
        "exportReferenceFile": Ask(403),
        "listUsers": Ask(403),
        "addUser": Ask(403, {"username": "one more", "password": password, "roles": ["auditor"]}),
        "getUser": Ask(403),
        "setPassword": Ask(403, {"password": password}),
        "disableUser": Ask(403, {}),
        "enableUser": Ask(403, {}),
        "grantUser": Ask(403, {"roles": ["auditor"]}),
        "revokeUser": Ask(403, {"roles": ["auditor"]}),
        "setUserGroups": Ask(403, {"groups": [of.group_id]}),
        "endUserSessions": Ask(403),
        "unlockUser": Ask(403, {}),
        "listPortfolioGroups": Ask(200),
        "getPortfolioGroup": Ask(404),
        "listGroupAccounts": Ask(404),
        "getAccount": Ask(404),
        "getAccountLedger": Ask(404),
        "searchSecurities": Ask(200, query={"query": of.security_id}),
        "getSecurity": Ask(200),
        "getSecurityAnalytics": Ask(200),
        "getSecurityHolders": Ask(422, query={"group_id": of.group_id}),
        "previewAllocation": Ask(422, preview),
        "computeOrderCapacity": Ask(422, {"order": order, **groups}),
        "getAllocation": Ask(404),
        "replayAllocation": Ask(404, {}),
        "getAllocationFrontier": Ask(404),
        "listAllocations": Ask(200, query={"group_id": of.group_id}),
        "adjustAllocation": Ask(404, {of.account_id: 0}),
        "compareAllocations": Ask(422, compare),
        "getComparison": Ask(404),
        "chooseVariant": Ask(404, {"variant": "1"}),
        "getAllocationFix": Ask(404),
        "listAllocationFixMessages": Ask(404),
        "getAllocationFixMessage": Ask(404),
        "commitAllocation": Ask(404, {}),
        "approveAllocation": Ask(404, {}),
        "rejectAllocation": Ask(404, reason),
        "withdrawAllocation": Ask(404, {}),
        "settleAllocation": Ask(403, {"outcome": "NOT_SENT", **reason}),
        "rejectSettlement": Ask(403, reason),
        "createBlotter": Ask(422, {"lines": [preview]}),
        "uploadBlotter": Ask(
            422,
            csv="security_id,side,quantity,allocation_method,portfolio_groups\r\n"
            f"{of.security_id},BUY,1000000,PRO_RATA,{of.group_id}\r\n",
        ),
        "getBlotterTemplate": Ask(200, unlike=no_thing),
        "listBlotters": Ask(200, unlike="it names nothing, and lists those of the own groups"),
        "getBlotter": Ask(404),
        "previewBlotter": Ask(404),
        "commitBlotter": Ask(404, {}),
        "replayBlotter": Ask(404, {}),
        "listOrders": Ask(200, query={"allocation_id": of.allocation_id}),
        "getOrder": Ask(404),
        "modifyOrder": Ask(404, {"quantity": 900_000, "comment": "Less"}),
        "cancelOrder": Ask(404, reason),
        "getOrderFills": Ask(404),
        "getPositions": Ask(404),
        "getCash": Ask(404),
        "listMarketAssets": Ask(200, unlike=no_thing),
        "getMarketData": Ask(200, query=market, unlike=no_thing),
        "getLatestMarketData": Ask(200, query=market, unlike=no_thing),
        "getMarketMetrics": Ask(200, query=market, unlike=no_thing),
        "getMarketCorrelation": Ask(200, query=market, unlike=no_thing),
        "batchMarketData": Ask(
            200, {"requests": [{"type": "latest", "assets": ["CM-GOLD"]}]}, unlike=no_thing
        ),
        "importMarketData": Ask(
            403, {"rows": [{"date": "2026-06-29", "symbol": "ACME", "close": 100}]}, unlike=no_thing
        ),
        "getMarketRefresh": Ask(200, unlike=no_thing),
        "refreshMarketData": Ask(403, unlike=no_thing),
        "analyzeRisk": Ask(200, {"weights": {"CM-GOLD": 1}, "start_date": "2026-01-05"}, unlike=no_thing),
        "listBacktests": Ask(200, unlike="it lists the own ones"),
        "runBacktest": Ask(202, backtest, unlike=no_thing),
        "getRegimeStatus": Ask(200, unlike=no_thing),
        "getRegimeHistory": Ask(200, unlike=no_thing),
        "getRegimeRecord": Ask(200, query={"start_date": "2026-01-05"}, unlike=no_thing),
        "getBacktest": Ask(404),
        "getBacktestTimeSeries": Ask(404),
        "getBacktestTransactions": Ask(404),
        "compareBacktests": Ask(404, query={"backtest_ids": of.backtest_id}),
        "runBacktestGrid": Ask(202, {"base": backtest, "grid": tried}, unlike=no_thing),
        "getBacktestGrid": Ask(404),
        "listBacktestGrids": Ask(200, unlike="it lists the own ones"),
        "deleteBacktest": Ask(404),
        "deleteBacktestGrid": Ask(404),
        "optimizePortfolio": Ask(422, {"assets": ["CM-GOLD"], "start_date": "2026-01-05"}, unlike=no_thing),
        "listOptimizedPortfolios": Ask(200, unlike="it names nothing, and lists the own ones"),
        "getOptimizedPortfolio": Ask(404),
        "replayOptimizedPortfolio": Ask(404, {}),
        "updateMarketData": Ask(
            404, {"assets": ["ACME"], "timestamp": "2026-06-30T14:00:00Z"}, unlike="webhooks are off"
        ),
        "tellRowChange": Ask(404, {}, unlike="webhooks are off"),
        "getMonitorStatus": Ask(200, unlike=no_thing),
        "followMonitor": Ask(200, unlike=no_thing),
        "getMonitoredPortfolio": Ask(404),
        "putMonitorConfig": Ask(404, {}),
        "recalculatePortfolio": Ask(404),
        "calculateDrift": Ask(200, drift, unlike=no_thing),
        "getTargetValues": Ask(200, query={"portfolio_value": "183535.63"}, unlike=no_thing),
        "calculateTargetValues": Ask(200, {"portfolio_value": 183535.63}, unlike=no_thing),
        "getRebalancingCheck": Ask(200, query=drift_query, unlike=no_thing),
        "checkRebalancing": Ask(200, drift, unlike=no_thing),
        "getDriftAnalysis": Ask(200, query=drift_query, unlike=no_thing),
        "analyseDrift": Ask(200, drift, unlike=no_thing),
        "listProposals": Ask(200, unlike=no_thing),
        "createProposal": Ask(404, {"scope": "GROUP", "scope_id": of.group_id}),
        "getProposal": Ask(404),
        "makeBlotterOfProposal": Ask(404, {}),
        "listReallocations": Ask(200, unlike=no_thing),
        "evaluateReallocation": Ask(404, {"current": {"bonds": 100}, "target_set_id": of.target_set_id}),
        "getReallocation": Ask(404),
        "makeBlotterOfReallocation": Ask(404, {"securities": {"A": of.security_id}, **groups}),
        "listBrokerAccounts": Ask(200, unlike=no_thing),
        "connectPaperAccount": Ask(200, {"name": "Paper", "cash": 100}, unlike=no_thing),
        "connectSnapTradeAccount": Ask(409, SNAPTRADE_ACCOUNT, unlike=no_thing),
        "getBrokerAccount": Ask(404),
        "disconnectBrokerAccount": Ask(404),
        "previewBrokerOrder": Ask(404, BROKER_ORDER),
        "listBrokerOrders": Ask(404),
        "placeBrokerOrder": Ask(404, BROKER_ORDER),
        "getBrokerOrder": Ask(404),
        "cancelBrokerOrder": Ask(404),
        "checkDrift": Ask(202, unlike="it names nothing, and checks what the own groups have"),
        "listDriftHistory": Ask(200, query={"scope": "GROUP", "scope_id": of.group_id}),
        "getDriftAttribution": Ask(
            404, query={"account_id": of.account_id, "date_from": "2026-06-29", "date_to": "2026-06-30"}
        ),
        "listTargetSets": Ask(200, query={"scope": "GROUP", "scope_id": of.group_id}),
        "getTargetSet": Ask(404),
        "getAccountDrift": Ask(404),
        "getGroupDrift": Ask(404),
        "listOutOfBand": Ask(422, query={"group_id": of.group_id}),
        "stateTargets": Ask(422, targets),
        "retireTargets": Ask(404, decision),
        "approveTargets": Ask(404, decision),
        "rejectTargets": Ask(404, decision),
        "withdrawTargets": Ask(404, decision),
        "getFairnessPolicy": Ask(200, unlike=no_thing),
        "putFairnessPolicy": Ask(403, policy),
        "listFairnessPolicies": Ask(200, unlike=no_thing),
        "reportAllocationHistory": Ask(200, query={**PERIOD, "account_id": of.account_id}),
        "reportAllocationHistoryCsv": Ask(200, query={**PERIOD, "allocation_id": of.allocation_id}),
        "reportFairness": Ask(200, query=by_group),
        "reportFairnessCsv": Ask(200, query=by_group),
        "reportFairnessLedger": Ask(200, query=ledger),
        "reportFairnessReplay": Ask(200, query={**ledger, "rule": "PER_ORDER"}),
        "listAuditRecords": Ask(200, query={"entity_id": of.allocation_id}),
        "verifyAuditTrail": Ask(403),
        "exportAuditTrail": Ask(403),
        "getAuditRecord": Ask(404),
        "listActivity": Ask(200, unlike=no_thing),
        "noteUsage": Ask(200, {"events": [{"kind": "PAGE", "name": "orders"}]}, unlike=no_thing),
        "showUsage": Ask(200, unlike=no_thing),
        "listAlerts": Ask(200, unlike=no_thing),
        "countAlerts": Ask(200, unlike=no_thing),
        "readAlerts": Ask(200, {"told_until": "2026-06-30T14:00:00Z"}, unlike=no_thing),
        "getAlert": Ask(404),
        "acknowledgeAlert": Ask(404, {"version": 1, "note": "A walk over every route"}),
        "listAlertChannels": Ask(403),
        "addAlertChannel": Ask(403, {"name": "walk", "kind": "EMAIL", "recipients": ["a@example.com"]}),
        "putAlertChannel": Ask(
            403, {"name": "walk", "kind": "EMAIL", "recipients": ["a@example.com"], "version": 1}
        ),
        "deleteAlertChannel": Ask(403),
        "testAlertChannel": Ask(403),
        "listAlertDeliveries": Ask(403),
        "retryAlertDelivery": Ask(403),
        "getEmergencyStop": Ask(200, unlike=no_thing),
        "getSystemStatus": Ask(200, unlike=no_thing),
        "listPreferences": Ask(200, unlike=no_thing),
        "putPreference": Ask(200, {"value": {"columns": ["account_id"]}}, unlike=no_thing),
        "deletePreference": Ask(200, unlike=no_thing),
        "listJobs": Ask(200, unlike=no_thing),
        "getJob": Ask(404),
        "followJob": Ask(404),
        "cancelJob": Ask(404),
        "getVendorState": Ask(200, unlike=no_thing),
        "getDesk": Ask(200, unlike=no_thing),
        "live": Ask(200, unlike=no_thing),
        "ready": Ask(200, unlike=no_thing),
        "openapi": Ask(200, unlike=no_thing),
        "swagger": Ask(200, unlike=no_thing),
        "docs": Ask(200, unlike=no_thing),
        "metrics": Ask(404, unlike="it has a token of its own, and is off without one"),
        "stopTrading": Ask(200, {**reason, "cancel_working_orders": True}, unlike=no_thing),
        "resumeTrading": Ask(None, reason, unlike=no_thing),
    }


@dataclass(frozen=True)
class Step:
    """An operation where it answers."""

    method: str
    prefix: str
    route: Route
    operation: Operation

    def path(self, of: Things) -> str:
        """The path about these things."""
        return self.prefix + self.route.path.format(**vars(of))


def steps() -> list[Step]:
    """Every operation; those that change what others ask for come last."""
    found = [
        Step(method, prefix, route, operation)
        for prefix, namespaces in (("/v1", VERSIONED), ("", AT_ROOT))
        for route in routes(namespaces)
        for method, operation in route.endpoint.operations.items()
    ]
    order = list(asks(Things(*["x"] * 10)))
    return sorted(found, key=lambda s: order.index(s.operation.name) if s.operation.name in order else -1)


def said(answer: Any) -> str:
    """All that an answer says: its headers, its body, and what is packed in it."""
    body = answer.get_data()
    text = [str(answer.headers), body.decode("utf-8", "replace")]
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            text += [packed.read(name).decode("utf-8", "replace") for name in packed.namelist()]
    return "\n".join(text)
