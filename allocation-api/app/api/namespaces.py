"""All namespaces of the edge: those under the version's prefix, those at the root, and those at both."""

from __future__ import annotations

import app.api.access_sign_on
import app.api.execution_orders  # noqa: F401 - adds its endpoints to the namespace of brokers
from app.api.access import auth
from app.api.access_users import users
from app.api.accounts import accounts, market_data, portfolio_groups, reference
from app.api.alerts import alerts
from app.api.allocations import allocations
from app.api.audit import audit
from app.api.backtest import backtest
from app.api.blotters import blotters
from app.api.docs import docs
from app.api.drift import drift
from app.api.drift_books import own_drift
from app.api.drift_history import drift_history
from app.api.drift_targets import target_sets
from app.api.events import monitor, webhook
from app.api.execution import brokers
from app.api.fairness import fairness
from app.api.jobs import jobs
from app.api.market_history import market_history
from app.api.ops import health, metrics
from app.api.optimization import optimization
from app.api.preferences import preferences
from app.api.proposals import proposals
from app.api.reallocation import reallocation
from app.api.regimes import regimes
from app.api.reports import reports
from app.api.requests import usage
from app.api.risk import risk
from app.api.safety import system
from app.api.securities import securities
from app.api.trading import orders

VERSIONED = (
    auth,
    users,
    portfolio_groups,
    accounts,
    securities,
    allocations,
    orders,
    brokers,
    blotters,
    market_data,
    market_history,
    risk,
    regimes,
    backtest,
    optimization,
    webhook,
    monitor,
    reference,
    drift,
    target_sets,
    proposals,
    reallocation,
    own_drift,
    drift_history,
    fairness,
    jobs,
    reports,
    alerts,
    audit,
    usage,
    preferences,
    system,
    health,
)
DESCRIPTIONS = (docs,)
"""What `DOCS=false` closes."""
AT_ROOT = (*DESCRIPTIONS, metrics)
ALSO_AT_ROOT = (health,)
"""Of the versioned: load balancers ask at the root, and know no version."""
