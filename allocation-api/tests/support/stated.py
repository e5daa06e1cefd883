"""Amounts that a request states for accounts."""

from __future__ import annotations


def dollars(account, value, **more):
    """Return what is stated for an account: money."""
    return {"account_id": account, "type": "DOLLAR_AMOUNT", "value": value, **more}


def percent(account, value, **more):
    """Return what is stated for an account: a fraction of the order."""
    return {"account_id": account, "type": "PERCENTAGE", "value": value, **more}


def quantity(account, value, **more):
    """Return what is stated for an account: face."""
    return {"account_id": account, "type": "QUANTITY", "value": value, **more}
