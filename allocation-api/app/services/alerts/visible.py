"""Which alerts a user may see, as SQL conditions (R21.8)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, exists, or_

from app.models import AlertGroupRow, AlertRow
from app.services.alerts.types import RuleName
from app.services.alerts.views import PUBLIC, may_read
from app.services.domain.caller import Caller
from app.services.visibility.visibility import Visibility

Conditions = Sequence[ColumnElement[bool]]


def alerts(caller: Caller, visible: Visibility) -> Conditions:
    """Return the conditions that an `AlertRow` is visible: an own one, or of a readable rule.

    Where portfolio groups limit the user, all groups that it is about must be visible, or the account that it
    is about and the groups whose targets it tells; of the whole desk only what is public.
    """
    readable = AlertRow.rule.in_([name for name in RuleName if may_read(name, caller)])
    own = AlertRow.user_id == caller.user_id
    return (or_(own, and_(readable, *in_sight(visible))),)


def in_sight(visible: Visibility) -> Conditions:
    """Return the conditions that groups let a user see an `AlertRow` of others."""
    if visible.groups is None:
        return ()
    of = AlertGroupRow.alert_id == AlertRow.id
    hidden = exists().where(of, AlertGroupRow.group_id.not_in(sorted(visible.groups)))
    of_groups = and_(or_(AlertRow.rule.in_(sorted(PUBLIC)), exists().where(of)), ~hidden)
    of_hidden_targets = exists().where(
        of, AlertGroupRow.has_targets.is_(True), AlertGroupRow.group_id.not_in(sorted(visible.groups))
    )
    of_account = and_(AlertRow.account_id.in_(sorted(visible.accounts or ())), ~of_hidden_targets)
    return (or_(and_(AlertRow.account_id.is_(None), of_groups), of_account),)
