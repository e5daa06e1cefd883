"""Walks nested portfolio groups down to their accounts."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from app.core.errors import VendorUnexpected
from app.services.aladdin.wire import GroupNode
from app.services.book import GroupMembers

MAX_DEPTH = 10


def walk(group_id: str, members_of: Callable[[str], Sequence[GroupNode]]) -> GroupMembers:
    """Collect the accounts under a group.

    The vendor leaves open whether an answer lists direct members or all descendants, and does not mark which
    nodes are groups. So a node without children counts as an account, and a sub-group is asked for its
    members unless all its children have been listed already. Groups may contain each other.

    Parameters
    ----------
    group_id : str
        Ticker of the group.
    members_of : callable
        Fetches the nodes that the vendor lists under one ticker.

    Raises
    ------
    VendorUnexpected
        When groups are nested deeper than `MAX_DEPTH`.
    """
    accounts: set[str] = set()
    groups = {group_id}
    listed: set[str] = set()
    waiting = deque([(group_id, 0)])
    while waiting:
        ticker, depth = waiting.popleft()
        if depth > MAX_DEPTH:
            raise VendorUnexpected(f"group {group_id} is nested deeper than {MAX_DEPTH} levels, at {ticker}")
        nodes = members_of(ticker)
        listed.update(str(node.portfolio_id) for node in nodes if node.portfolio_id is not None)
        for node in nodes:
            name, children = node.portfolio_ticker, {str(child) for child in node.child_portfolio_ids or ()}
            if name in groups:
                continue
            if not children:
                accounts.add(name)
                continue
            groups.add(name)
            if not children <= listed:
                waiting.append((name, depth + 1))
    return GroupMembers(group_id, tuple(sorted(accounts - groups)))
