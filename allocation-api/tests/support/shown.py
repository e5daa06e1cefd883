"""What a preview shows of its accounts, in their order, and what a refusal says."""

from __future__ import annotations

from typing import Any

Shown = dict[str, Any]


def column(shown: Shown, name: str) -> list[Any]:
    """Return one number or word of every account."""
    return [row[name] for row in shown["allocations"]]


def faces(shown: Shown) -> list[float]:
    """Return the face that every account gets."""
    return column(shown, "allocated_quantity")


def by_account(shown: Shown) -> dict[str, float]:
    """Return the face that every account gets, by its id."""
    return dict(zip(column(shown, "account_id"), faces(shown), strict=True))


def reasons(shown: Shown) -> list[str | None]:
    """Return the code of why each account gets nothing, None where it gets some."""
    return [reason and reason["code"] for reason in column(shown, "reason")]


def warned(shown: Shown) -> list[tuple[str, str | None]]:
    """Return type and account of every warning."""
    return [(warning["type"], warning["account_id"]) for warning in shown["warnings"]]


def told(answer: Shown) -> dict[str, str]:
    """Return the messages of a refusal by field."""
    return {error["field"]: error["message"] for error in answer["errors"]}
