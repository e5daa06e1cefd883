"""Portfolio-group API: accounts and groups in one namespace of tickers, each with a numeric code."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from aladdin_simulator.book import Account, SimulatorBook
from aladdin_simulator.wire.messages import ENCODER, Message, not_found

_FIRST_GROUP_CODE = 4001
_FIRST_ACCOUNT_CODE = 10001


class Node(Message, frozen=True):
    """One portfolio or group; codes of parents and children are strings, its own is a number."""

    portfolio_id: int
    portfolio_ticker: str
    parent_portfolio_ids: list[str]
    child_portfolio_ids: list[str]


class Nodes(Message, frozen=True):
    """Groups and portfolios in one list; only their children distinguish them."""

    nodes: list[Node]


class Answer(Message, frozen=True):
    """Whether two nodes have the requested relation."""

    result: bool


class Portfolios:
    """Membership of accounts and groups. Codes follow the order of the book and never change."""

    def __init__(self, book: SimulatorBook) -> None:
        self._accounts = {account.account_id: account for account in book.accounts}
        self._members = {group.group_id: group.member_ids for group in book.groups}
        self._codes = {ticker: _FIRST_GROUP_CODE + n for n, ticker in enumerate(self._members)}
        self._codes |= {ticker: _FIRST_ACCOUNT_CODE + n for n, ticker in enumerate(self._accounts)}
        self._tickers = {str(code): ticker for ticker, code in self._codes.items()}
        self._parents: dict[str, list[str]] = {ticker: [] for ticker in self._codes}
        for group, members in self._members.items():
            for member in members:
                self._parents[member].append(group)

    def account(self, ticker: str) -> Account | None:
        """Return the account with this ticker, None if there is none (a group is not an account)."""
        return self._accounts.get(ticker)

    def code(self, ticker: str) -> str:
        """Return the code of a known ticker, as text as in orders."""
        return str(self._codes[ticker])

    def ticker(self, code: str) -> str | None:
        """Return the ticker of a code, None if there is none."""
        return self._tickers.get(code)

    def accounts_under(self, ticker: str) -> tuple[Account, ...]:
        """Return the accounts of a group and its nested groups, each once; for an account, itself.

        Raises
        ------
        WireFaultError
            404 if nothing has this ticker.
        """
        self._known(ticker)
        found: dict[str, Account] = {}
        visited: set[str] = set()
        queue = [ticker]
        while queue:
            each = queue.pop()
            if account := self._accounts.get(each):
                found[each] = account
            elif each not in visited:
                visited.add(each)
                queue.extend(reversed(self._members[each]))
        return tuple(found.values())

    def node(self, ticker: str) -> bytes:
        """Answer `GET /portfolioGroups/{id}/node`."""
        return ENCODER.encode(self._node(self._known(ticker)))

    def members(self, ticker: str) -> bytes:
        """Answer `GET /portfolioGroups/{id}/members` with the direct members."""
        return self._nodes(self._members.get(self._known(ticker), ()))

    def parents(self, ticker: str) -> bytes:
        """Answer `GET /portfolioGroups/{id}/parents` with the groups that list it directly."""
        return self._nodes(self._parents[self._known(ticker)])

    def ancestors(self, ticker: str) -> bytes:
        """Answer `GET /portfolioGroups/{id}/ancestors`: parents, their parents and so on, each once."""
        return self._nodes(self._above(self._known(ticker)))

    def is_child(self, child: str, parent: str) -> bytes:
        """Answer whether `child` is a direct member of `parent`, from either side."""
        self._known(parent)
        return ENCODER.encode(Answer(result=parent in self._parents[self._known(child)]))

    def is_descendant(self, child: str, ancestor: str) -> bytes:
        """Answer whether `child` is somewhere under `ancestor`, from either side."""
        self._known(ancestor)
        return ENCODER.encode(Answer(result=ancestor in self._above(self._known(child))))

    def _above(self, ticker: str) -> list[str]:
        """Return all ancestors, breadth first."""
        found = dict.fromkeys(self._parents[ticker])
        queue = deque(found)
        while queue:
            for parent in self._parents[queue.popleft()]:
                if parent not in found:
                    found[parent] = None
                    queue.append(parent)
        return list(found)

    def _nodes(self, tickers: Iterable[str]) -> bytes:
        return ENCODER.encode(Nodes(nodes=[self._node(ticker) for ticker in tickers]))

    def _node(self, ticker: str) -> Node:
        return Node(
            portfolio_id=self._codes[ticker],
            portfolio_ticker=ticker,
            parent_portfolio_ids=[self.code(parent) for parent in self._parents[ticker]],
            child_portfolio_ids=[self.code(child) for child in self._members.get(ticker, ())],
        )

    def _known(self, ticker: str) -> str:
        if ticker not in self._codes:
            raise not_found("INVALID_PORTFOLIO", f"portfolio or group {ticker} is not known")
        return ticker
