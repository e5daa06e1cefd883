"""Channels as values, and as rows of their table."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time

from app.models import AlertChannelRow
from app.services.alerts.quiet import AT_ANY_TIME, Times
from app.services.alerts.types import Body, ChannelKind, Digest, RuleName, Severity


@dataclass(frozen=True, slots=True)
class ChannelTerms:
    """What a channel is asked to be: where it tells, of what, and when.

    `secret` names a secret of the settings: it signs what a webhook is sent, and stands for `{secret}` in its
    `url`. Without `rules` it tells of all, without `groups` of alerts about any; alerts of the whole desk are
    told in any case.
    """

    name: str
    kind: ChannelKind
    url: str | None = None
    body: Body = Body.JSON
    recipients: tuple[str, ...] = ()
    secret: str | None = None
    severity: Severity = Severity.WARNING
    rules: tuple[RuleName, ...] = ()
    groups: tuple[str, ...] = ()
    times: Times = AT_ANY_TIME
    enabled: bool = True

    def wants(self, rule: RuleName, severity: Severity, groups: Collection[str], *, of_account: bool) -> bool:
        """Return whether it tells of an alert.

        Of one about several groups where all are among its own; of one about an account, where any is that
        the account is in.
        """
        own = set(self.groups)
        is_of_own = not own.isdisjoint(groups) if of_account else own.issuperset(groups)
        return (
            severity.rank >= self.severity.rank
            and (not self.rules or rule in self.rules)
            and (not own or is_of_own)
        )


@dataclass(frozen=True, slots=True)
class Channel:
    """A stored channel; `version` counts its changes from 1."""

    channel_id: str
    terms: ChannelTerms
    version: int
    created_at: datetime
    updated_at: datetime
    updated_by: str


def channel_of(row: AlertChannelRow) -> ChannelTerms:
    """Return the terms of a stored channel."""
    return ChannelTerms(
        name=row.name,
        kind=ChannelKind(row.kind),
        url=row.url,
        body=Body(row.body or Body.JSON),
        recipients=tuple(json.loads(row.recipients)),
        secret=row.secret,
        severity=Severity(row.severity),
        rules=tuple(RuleName(rule) for rule in json.loads(row.rules)),
        groups=tuple(json.loads(row.group_ids)),
        times=Times(Digest(row.digest), _time(row.quiet_from), _time(row.quiet_to)),
        enabled=row.enabled,
    )


def columns_of(terms: ChannelTerms) -> dict[str, object]:
    """Return the terms as values of columns."""
    return {
        "name": terms.name,
        "kind": terms.kind,
        "url": terms.url,
        "body": terms.body,
        "recipients": json.dumps(terms.recipients),
        "secret": terms.secret,
        "severity": terms.severity,
        "rules": json.dumps(terms.rules),
        "group_ids": json.dumps(terms.groups),
        "quiet_from": _text(terms.times.quiet_from),
        "quiet_to": _text(terms.times.quiet_to),
        "digest": terms.times.digest,
        "enabled": terms.enabled,
    }


def _time(text: str | None) -> time | None:
    return None if text is None else time.fromisoformat(text)


def _text(at: time | None) -> str | None:
    return None if at is None else f"{at:%H:%M}"
