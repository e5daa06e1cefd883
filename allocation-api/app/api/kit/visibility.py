"""What the user of the request may see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from flask import g

from app.api.kit.context import services
from app.api.kit.tokens import user
from app.services.visibility.errors import WholeDeskOnly
from app.services.visibility.visibility import EVERYTHING, Visibility


def visible() -> Visibility:
    """Return what the user may see, resolved once in a request; a user without limits costs nothing.

    Raises
    ------
    VisibilityUnknown
        When groups limit the user, and Aladdin does not say what is under them.
    """
    who = user()
    if who.groups is None:
        return EVERYTHING
    if "visibility" not in g:
        g.visibility = services().accounts.visibility.of(who)
    return cast("Visibility", g.visibility)


def require_whole_desk() -> None:
    """Check that the user sees all portfolio groups.

    Raises
    ------
    WholeDeskOnly
        When groups limit the user.
    """
    if user().groups is not None:
        raise WholeDeskOnly(
            "This is of the whole desk, and portfolio groups limit what you may see. "
            "Ask a colleague who sees all groups"
        )


def check_still_visible(path: Mapping[str, str], body: Any, answer: Mapping[str, Any]) -> None:
    """Check that the user may see what a request names, before a stored answer to it is given again.

    A request names what it is about in its path, or by the portfolio groups in its body, its answer what was
    made.

    Raises
    ------
    NotFound, InvalidRequest
        As the request itself would be refused.
    """
    seen = visible()
    if not seen.limited:
        return
    house = services()
    checks = {
        "alert_id": house.alerts.service.check_visible,
        "allocation_id": house.allocations.previews.check_visible,
        "blotter_id": house.blotters.service.check_visible,
        "comparison_id": house.allocations.comparisons.check_visible,
        "order_id": house.trading.orders.check_visible,
        "proposal_id": house.proposals.check_visible,
        "target_set_id": house.drift.target_sets.check_visible,
    }
    if isinstance(body, Mapping) and isinstance(body.get("portfolio_groups"), list):
        house.accounts.visibility.check_groups(body["portfolio_groups"], seen)
    for name, check in checks.items():
        for named in (path.get(name), answer.get(name)):
            if isinstance(named, str):
                check(named, seen)
