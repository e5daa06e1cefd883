"""The least request for a preview, changed in one place, and what a refusal says by field."""

from __future__ import annotations

import copy
from typing import Any

PREVIEW = "/v1/allocations/preview"
LEAST: dict[str, Any] = {
    "order": {"security_id": "912828YW4", "side": "BUY", "quantity": 8_000_000},
    "allocation_method": "PRO_RATA",
    "portfolio_groups": ["PUBLICPRE"],
}


def changed(path: str, value: Any) -> dict[str, Any]:
    """Return the least request with one value changed."""
    body = copy.deepcopy(LEAST)
    *parents, last = path.split(".")
    node = body
    for parent in parents:
        node = node.setdefault(parent, {})
    node[last] = value
    return body


def errors(response: Any) -> dict[str, str]:
    """Return the messages of a refusal by field."""
    assert response.status_code == 422, response.text
    return {error["field"]: error["message"] for error in response.get_json()["errors"]}
