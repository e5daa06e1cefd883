"""Breadth-first search through nested portfolio groups for their accounts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from app.services.aladdin.errors import VendorUnexpected
from app.services.domain.book import GroupMembers, GroupNode

MAX_DEPTH = 10

Listing = Mapping[str, Sequence[GroupNode]]


def walk(
    group_ids: Sequence[str], list_nodes: Callable[[Sequence[str]], Listing]
) -> tuple[GroupMembers, ...]:
    """Collect the accounts under groups breadth first: one round of calls per level for all groups together.

    The vendor leaves open whether an answer lists direct members or all descendants, and does not mark which
    nodes are groups. So a node without children counts as an account, and a sub-group is asked for its
    members unless all its children have been listed already. Cycles of groups are allowed, and a sub-group of
    several groups is asked once.

    Parameters
    ----------
    group_ids : sequence of str
        Tickers of the groups, each once.
    list_nodes : callable
        Fetches the nodes that the vendor lists under tickers, by ticker.

    Raises
    ------
    VendorUnexpected
        When groups are nested deeper than `MAX_DEPTH`.
    """
    walks = [_Walk(group_id) for group_id in group_ids]
    listing: dict[str, Sequence[GroupNode]] = {}
    while wanted := list(dict.fromkeys(ticker for each in walks for ticker in each.level)):
        listing |= list_nodes([ticker for ticker in wanted if ticker not in listing])
        for each in walks:
            each.descend(listing)
    return tuple(each.members() for each in walks)


class _Walk:
    """State of the search under one group: nodes found, and the sub-groups to list next."""

    def __init__(self, group_id: str) -> None:
        self.level = [group_id]
        self._group_id = group_id
        self._depth = 0
        self._accounts: set[str] = set()
        self._groups = {group_id}
        self._listed: set[str] = set()

    def descend(self, listing: Listing) -> None:
        """Add the members of this level, and determine the next level."""
        nodes = [node for ticker in self.level for node in listing[ticker]]
        self._listed.update(node.portfolio_id for node in nodes if node.portfolio_id is not None)
        self.level = []
        for node in nodes:
            if node.ticker in self._groups:
                continue
            if not node.child_ids:
                self._accounts.add(node.ticker)
                continue
            self._groups.add(node.ticker)
            if not self._listed.issuperset(node.child_ids):
                self.level.append(node.ticker)
        self._depth += 1
        if self.level and self._depth > MAX_DEPTH:
            raise VendorUnexpected(
                f"group {self._group_id} is nested deeper than {MAX_DEPTH} levels, at {self.level[0]}"
            )

    def members(self) -> GroupMembers:
        """Return the accounts and the nested groups found."""
        nested = self._groups - {self._group_id}
        return GroupMembers(
            self._group_id, tuple(sorted(self._accounts - self._groups)), tuple(sorted(nested))
        )
