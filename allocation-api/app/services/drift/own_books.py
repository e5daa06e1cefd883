"""Drift of the desk's own accounts and groups from the targets in force (R19.8, R19.10 to R19.13)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import DataMissing, FieldError, InvalidRequest, NotFound
from app.services.accounts import reference
from app.services.accounts.positions import read_account
from app.services.accounts.reference import AccountReference, GroupReference
from app.services.aladdin.cached_book import BookReader
from app.services.domain.book import AsOf, Benchmark
from app.services.domain.identifiers import is_identifier
from app.services.domain.positions import AccountPositions
from app.services.drift.bond_classes import BondClasses, BondFacts
from app.services.drift.book_types import (
    AccountDrift,
    BookDrift,
    GroupDrift,
    Measured,
    SetDrift,
    Standing,
)
from app.services.drift.errors import NoTargets
from app.services.drift.kept import kept_book
from app.services.drift.measured import (
    dispersions,
    drift_from,
    portfolio_of,
    position_warnings,
)
from app.services.drift.standings import StandingFilter, page_of, place, standings_of
from app.services.drift.target_sets import TargetSets
from app.services.drift.target_types import HeldTargets, TargetDimension, TargetScope
from app.services.drift.types import DriftWarning, DriftWarningType
from app.services.ops.health import DataAge
from app.services.visibility.visibility import Visibility
from app.utils.paging import Page
from app.utils.parallel import side_by_side

WHERE_TO_STATE = "State them with POST /v1/drift/target-sets"


@dataclass(frozen=True)
class ForAccounts:
    """The targets in force for each account, by dimension: its own, else those of a group that it is in.

    Of several groups the one with the fewest accounts counts, `first` before any other. `members` are the
    accounts of each visible group.
    """

    held: tuple[HeldTargets, ...]
    members: Mapping[str, Collection[str]]
    first: str | None = None

    def of(self, account_id: str) -> tuple[HeldTargets, ...]:
        """Return the targets of an account, one for each dimension at most, in their order."""
        groups = [(TargetScope.GROUP, group_id) for group_id in self.groups_of(account_id)]
        about = [
            each
            for whose in [(TargetScope.ACCOUNT, account_id), *groups]
            for each in self._by_scope.get(whose, ())
        ]
        found: dict[TargetDimension, HeldTargets] = {}
        for each in sorted(about, key=self._nearness):
            found.setdefault(each.dimension, each)
        return tuple(found[dimension] for dimension in TargetDimension if dimension in found)

    def of_group(self, group_id: str) -> tuple[HeldTargets, ...]:
        """Return the targets of a group as one portfolio."""
        return tuple(t for t in self.held if t.scope is TargetScope.GROUP and t.scope_id == group_id)

    def groups_of(self, account_id: str) -> tuple[str, ...]:
        """Return the visible groups that an account is in."""
        return tuple(self._groups.get(account_id, ()))

    def smallest_group(self, account_id: str) -> str | None:
        """Return the visible group with the fewest accounts that has this one."""
        sizes = [(len(self.members[group_id]), group_id) for group_id in self.groups_of(account_id)]
        return min(sizes)[1] if sizes else None

    @cached_property
    def _by_scope(self) -> Mapping[tuple[TargetScope, str], Sequence[HeldTargets]]:
        found: dict[tuple[TargetScope, str], list[HeldTargets]] = {}
        for each in self.held:
            found.setdefault((each.scope, each.scope_id), []).append(each)
        return found

    @cached_property
    def _groups(self) -> Mapping[str, Sequence[str]]:
        found: dict[str, list[str]] = {}
        for group_id, ids in self.members.items():
            for account_id in ids:
                found.setdefault(account_id, []).append(group_id)
        return found

    def _nearness(self, held: HeldTargets) -> tuple[bool, bool, int, str]:
        of_group = held.scope is not TargetScope.ACCOUNT
        size = len(self.members.get(held.scope_id, ())) if of_group else 0
        return of_group, held.scope_id != self.first, size, held.scope_id


class OwnBooks:
    """Measures accounts and groups against their targets, from the vendor's positions through the cache."""

    def __init__(
        self,
        database: Database,
        book: BookReader,
        target_sets: TargetSets,
        clock: Clock,
        business_date: Callable[[], date],
        pool: ThreadPoolExecutor,
    ) -> None:
        self._database = database
        self._book = book
        self._target_sets = target_sets
        self._classes = BondClasses(database, book, pool)
        self._clock = clock
        self._business_date = business_date
        self._pool = pool

    def account(self, account_id: str, as_of: AsOf, visible: Visibility) -> AccountDrift:
        """Return the drift of one account from its own targets, else from those of a group that it is in.

        Raises
        ------
        NotFound
            When there is no such account, or it is not visible.
        NoTargets
            When no targets are in force for it.
        DataMissing
            When Aladdin has no NAV above zero for it.
        """
        # A limited user asks Aladdin for visible accounts alone, so that the time of a refusal tells nothing.
        if not (is_identifier(account_id) and visible.account(account_id)):
            raise _no_account(account_id)
        with side_by_side(self._pool) as begin:
            read = begin(read_account, self._book, account_id, as_of)
            targets = self._targets(self._groups(visible), self._target_sets.in_force(visible))
            positions = read.result()
        if positions is None:
            raise _no_account(account_id)
        held = targets.of(account_id)
        if not held:
            raise NoTargets(
                f"Neither the account {account_id} nor a group that it is in has targets. {WHERE_TO_STATE}"
            )
        if positions.nav is None or positions.nav <= 0:
            raise DataMissing(f"Aladdin has no NAV above zero for {account_id}, which shares are of")
        book = self._measured([(positions, held)])[0]
        return AccountDrift(as_of, self._clock(), book, targets.smallest_group(account_id))

    def group(self, group_id: str, as_of: AsOf, visible: Visibility) -> GroupDrift:
        """Return the drift of a group: account by account, and as one portfolio against its own targets.

        Raises
        ------
        NotFound
            When there is no such group, or it is not visible.
        NoTargets
            When no targets are in force for it, nor for any of its accounts.
        """
        groups = self._groups(visible)
        group = groups.get(group_id)
        if group is None:
            raise NotFound(f"There is no portfolio group {group_id!r}")
        targets, positions = self._read(
            [group_id], as_of, groups, self._target_sets.in_force(visible), group_id
        )
        own = targets.of_group(group_id)
        wanted = [(each, targets.of(each.account_id)) for each in positions]
        if not own and not any(held for _, held in wanted):
            raise NoTargets(f"Neither the group {group_id} nor its accounts have targets. {WHERE_TO_STATE}")
        facts = self._facts([*wanted, *((each, own) for each in positions)])
        names = self._names(positions)
        return GroupDrift(
            group_id=group_id,
            group_name=group.group_name,
            as_of=as_of,
            timestamp=self._clock(),
            accounts=tuple(self._book_drift(each, held, names, facts) for each, held in wanted),
            whole=self._whole(positions, own, group.benchmark, facts),
            dispersion=dispersions(positions, {i: known.benchmark for i, known in names.items()}),
        )

    def standings(self, wanted: StandingFilter, as_of: AsOf, visible: Visibility) -> tuple[Standing, ...]:
        """Return each visible account against each target set that holds for it, the worst first.

        Positions of all accounts are one read. Accounts that cannot be measured come last, and always.

        Raises
        ------
        InvalidRequest
            Naming the group, when there is none, or it is not visible.
        """
        groups = self._groups(visible)
        if wanted.group_id is not None and wanted.group_id not in groups:
            message = f"There is no portfolio group {wanted.group_id!r}."
            raise InvalidRequest.of(FieldError("group_id", message))
        asked = [wanted.group_id] if wanted.group_id else sorted(groups)
        in_force = self._target_sets.in_force(visible)
        targets, positions = self._read(asked, as_of, groups, in_force, wanted.group_id)
        held = [(each, _in(wanted.dimension, targets.of(each.account_id))) for each in positions]
        rows = [
            row
            for book, of in zip(self._measured(held), held, strict=True)
            for row in standings_of(book, of[1], targets.groups_of(of[0].account_id))
            if row.needs_rebalancing or row.worst is None or not wanted.only_out
        ]
        return tuple(sorted(rows, key=place))

    def books(self, as_of: AsOf, visible: Visibility) -> tuple[BookDrift, ...]:
        """Return each visible account that has targets against all of them; positions are one read."""
        in_force = self._target_sets.in_force(visible)
        if not in_force:
            return ()
        groups = self._groups(visible)
        targets, positions = self._read(sorted(groups), as_of, groups, in_force)
        wanted = [(each, targets.of(each.account_id)) for each in positions]
        return self._measured([(each, held) for each, held in wanted if held])

    def all(self, as_of: AsOf, visible: Visibility) -> tuple[Measured, ...]:
        """Return each visible account and group that has targets, measured; positions are one read.

        What has no usable NAV is left out.
        """
        in_force = self._target_sets.in_force(visible)
        if not in_force:
            return ()
        groups = self._groups(visible)
        targets, positions = self._read(sorted(groups), as_of, groups, in_force)
        wanted = [(each, held) for each in positions if (held := targets.of(each.account_id))]
        wholes = [
            (group, own, [p for p in positions if p.account_id in targets.members.get(group.group_id, ())])
            for group in groups.values()
            if (own := targets.of_group(group.group_id))
        ]
        facts = self._facts([*wanted, *((each, own) for _, own, members in wholes for each in members)])
        names = self._names([each for each, _ in wanted])
        found = [
            Measured(
                TargetScope.ACCOUNT,
                each.account_id,
                self._book_drift(each, held, names, facts),
                kept_book(each, held, facts),
            )
            for each, held in wanted
        ]
        found += [
            Measured(
                TargetScope.GROUP, group.group_id, self._whole(members, own, group.benchmark, facts), None
            )
            for group, own, members in wholes
        ]
        return tuple(each for each in found if each.book.drifts)

    def out_of_band(
        self, wanted: StandingFilter, as_of: AsOf, visible: Visibility, *, cursor: str | None, limit: int
    ) -> Page[Standing]:
        """Return a page of `standings`.

        Raises
        ------
        InvalidRequest
            Naming the group or the cursor.
        """
        return page_of(self.standings(wanted, as_of, visible), cursor, limit)

    def _groups(self, visible: Visibility) -> dict[str, GroupReference]:
        with self._database.read() as session:
            return {g.group_id: g for g in reference.groups(session) if visible.group(g.group_id)}

    def _read(
        self,
        group_ids: Sequence[str],
        as_of: AsOf,
        groups: Collection[str],
        in_force: tuple[HeldTargets, ...],
        first: str | None = None,
    ) -> tuple[ForAccounts, tuple[AccountPositions, ...]]:
        """Return the targets for accounts, and the accounts of groups in one read, by id.

        An account that Aladdin lists without positions, cash or NAV is among them, with nothing known.
        """
        if not group_ids:
            return ForAccounts((), {}), ()
        with side_by_side(self._pool) as begin:
            read = begin(self._book.positions, group_ids, as_of)
            targets = self._targets(groups, in_force, first)
            found = {each.account_id: each for each in read.result()}
        ids = found.keys() | {i for group_id in group_ids for i in targets.members.get(group_id, ())}
        return targets, tuple(found.get(i) or AccountPositions(i) for i in sorted(ids))

    def _targets(
        self, groups: Collection[str], in_force: tuple[HeldTargets, ...], first: str | None = None
    ) -> ForAccounts:
        members = self._book.group_members(sorted(groups)) if groups else ()
        return ForAccounts(in_force, {m.group_id: frozenset(m.account_ids) for m in members}, first)

    def _names(self, positions: Sequence[AccountPositions]) -> dict[str, AccountReference]:
        with self._database.read() as session:
            return reference.accounts(session, [each.account_id for each in positions])

    def _facts(
        self, wanted: Sequence[tuple[AccountPositions, tuple[HeldTargets, ...]]]
    ) -> Mapping[str, BondFacts]:
        dimensions = {held.dimension for _, sets in wanted for held in sets}
        holdings = [h for account, sets in wanted if sets for h in account.holdings]
        undated = {h.security_id for h in holdings if h.duration is None}
        return self._classes.read(dimensions, {h.security_id for h in holdings}, undated)

    def _measured(
        self, wanted: Sequence[tuple[AccountPositions, tuple[HeldTargets, ...]]]
    ) -> tuple[BookDrift, ...]:
        facts = self._facts(wanted)
        names = self._names([each for each, _ in wanted])
        return tuple(self._book_drift(each, held, names, facts) for each, held in wanted)

    def _book_drift(
        self,
        positions: AccountPositions,
        held: Iterable[HeldTargets],
        names: Mapping[str, AccountReference],
        facts: Mapping[str, BondFacts],
    ) -> BookDrift:
        known = names.get(positions.account_id)
        portfolio = portfolio_of([positions], known.benchmark if known else Benchmark())
        drifts = tuple(drift_from(each, portfolio, facts) for each in held) if portfolio else ()
        return BookDrift(
            account_id=positions.account_id,
            account_name=known.account_name if known else positions.account_id,
            nav=positions.nav,
            currency=positions.currency,
            data=DataAge.of(positions.reference_date, self._business_date()),
            drifts=drifts,
            warnings=position_warnings(positions),
        )

    def _whole(
        self,
        positions: Sequence[AccountPositions],
        own: tuple[HeldTargets, ...],
        benchmark: Benchmark,
        facts: Mapping[str, BondFacts],
    ) -> BookDrift:
        portfolio = portfolio_of(positions, benchmark)
        currencies = {each.currency for each in positions}
        oldest = min((p.reference_date for p in positions if p.reference_date), default=None)
        drifts: tuple[SetDrift, ...] = ()
        warnings: tuple[DriftWarning, ...] = ()
        if portfolio is None:
            warnings = (_not_whole(mixed=len(currencies) > 1),)
        else:
            drifts = tuple(drift_from(each, portfolio, facts) for each in own)
        return BookDrift(
            account_id=None,
            account_name=None,
            nav=portfolio.nav if portfolio else None,
            currency=next(iter(currencies)) if len(currencies) == 1 else None,
            data=DataAge.of(oldest, self._business_date()),
            drifts=drifts,
            warnings=warnings,
        )


def _no_account(account_id: str) -> NotFound:
    return NotFound(f"There is no account {account_id!r}")


def _not_whole(*, mixed: bool) -> DriftWarning:
    if mixed:
        message = "The accounts are in different currencies: the group is not measured as one portfolio."
        return DriftWarning(DriftWarningType.MIXED_CURRENCIES, message)
    message = "The NAV of an account is not known: the group is not measured as one portfolio."
    return DriftWarning(DriftWarningType.MISSING_NAV, message)


def _in(dimension: TargetDimension | None, held: tuple[HeldTargets, ...]) -> tuple[HeldTargets, ...]:
    return held if dimension is None else tuple(each for each in held if each.dimension is dimension)
