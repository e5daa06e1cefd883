"""Row-level security by portfolio group, as a value that every read takes.

`docs/permissions.md` says what is visible of each kind of thing. What is not visible is answered as what
does not exist. `app.services.visibility.rows` has the same as SQL conditions, so that totals, pages and
cursors are of visible rows alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Visibility:
    """The portfolio groups and accounts that a user may see; None means all.

    `groups` are the user's with those nested under them, `accounts` the accounts under these. `user_id` and
    `username` are the user's own, whose sessions and requests are visible besides; None where all are.
    """

    groups: frozenset[str] | None
    accounts: frozenset[str] | None
    user_id: str | None = None
    username: str | None = None

    @property
    def limited(self) -> bool:
        """Whether anything is invisible."""
        return self.groups is not None

    def group(self, group_id: str) -> bool:
        """Return whether a portfolio group is visible."""
        return self.groups is None or group_id in self.groups

    def account(self, account_id: str) -> bool:
        """Return whether an account is visible."""
        return self.accounts is None or account_id in self.accounts

    def all_groups(self, group_ids: Collection[str]) -> bool:
        """Return whether what was asked for these groups is visible: every one of them must be."""
        return self.groups is None or (bool(group_ids) and self.groups.issuperset(group_ids))

    def visible_groups(self, group_ids: Iterable[str]) -> tuple[str, ...]:
        """Return those of the groups that are visible, in their order."""
        return tuple(group_id for group_id in group_ids if self.group(group_id))


EVERYTHING = Visibility(groups=None, accounts=None)
"""What background jobs see, and users who are not limited to groups; it adds nothing to any statement."""
