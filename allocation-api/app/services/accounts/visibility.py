"""Visibility of a user: the groups that limit it, resolved to nested groups and accounts."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from app.core.errors import FieldError, InvalidRequest
from app.services.aladdin.cached_book import BookReader
from app.services.aladdin.errors import VendorError, VendorNotFound
from app.services.domain.book import GroupMembers
from app.services.domain.caller import User
from app.services.domain.identifiers import is_identifier
from app.services.visibility.errors import VisibilityUnknown
from app.services.visibility.visibility import EVERYTHING, Visibility


def unknown_group(place: int, group_id: str) -> FieldError:
    """Return the error about a requested group that does not exist, or is not visible."""
    return FieldError(f"portfolio_groups.{place}", f"There is no portfolio group {group_id!r}.")


class VisibilityService:
    """Resolves the groups of users by the members that Aladdin lists, as long as these are cached.

    Where Aladdin does not answer, nothing is visible to a limited user: the read is refused.
    """

    def __init__(self, book: BookReader) -> None:
        self._book = book

    def of(self, user: User) -> Visibility:
        """Return what a user may see; everything, without a read, where no groups limit it.

        Raises
        ------
        VisibilityUnknown
            When Aladdin does not say what is under the groups.
        """
        if user.groups is None:
            return EVERYTHING
        try:
            members = self._members(sorted(group for group in user.groups if is_identifier(group)))
        except VendorError as error:
            raise VisibilityUnknown(
                "Aladdin does not say now which accounts are in your portfolio groups. Try again"
            ) from error
        return Visibility(
            groups=user.groups.union(*(found.group_ids for found in members)),
            accounts=frozenset().union(*(found.account_ids for found in members)),
            user_id=user.id,
            username=user.username,
        )

    def check_groups(self, group_ids: Sequence[str], visible: Visibility) -> None:
        """Check that a user may see groups that a request names.

        Raises
        ------
        InvalidRequest
            Naming each that is not visible, as one that does not exist.
        """
        errors = [unknown_group(i, g) for i, g in enumerate(group_ids) if not visible.group(g)]
        if errors:
            raise InvalidRequest.of(*errors)

    def _members(self, group_ids: Collection[str]) -> tuple[GroupMembers, ...]:
        """Return the members of groups; a group that Aladdin does not know any more has none."""
        if not group_ids:
            return ()
        try:
            return self._book.group_members(tuple(group_ids))
        except VendorNotFound:
            if len(group_ids) == 1:
                return ()
        return tuple(found for group_id in group_ids for found in self._members([group_id]))
