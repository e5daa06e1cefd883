"""Evaluates reallocations, keeps them, and makes blotters of them (R25)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from fractions import Fraction
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database, id_of, new_id
from app.core.errors import FieldError, InvalidRequest
from app.models import TARGETS_LOCK, ReallocationRow
from app.services.allocations.request import Constraints, OrderRequest, PreviewRequest
from app.services.audit.trail import Action, AuditService, EntityType, everything
from app.services.blotters.service import BlotterService
from app.services.blotters.types import AskedLine, BlotterRequest, Policy, Submitted
from app.services.domain.caller import Caller
from app.services.domain.side import Side
from app.services.kernels.allocation.registry import Method
from app.services.kernels.reallocation import Holding, Limits, measure, plan
from app.services.market_history.service import MarketHistory
from app.services.reallocation import measured, store
from app.services.reallocation.errors import NothingPlanned, ReallocationStale, VaultLimitsViolated
from app.services.reallocation.evaluation import Evaluation
from app.services.reallocation.liquidity import Liquidity, LiquidityService, liquidity
from app.services.reallocation.money import cents
from app.services.reallocation.outcome import outcome_of
from app.services.reallocation.targets import Targets
from app.services.reallocation.types import (
    MAX_ASSETS,
    BlotterWish,
    ReallocationHead,
    ReallocationOutcome,
    ReallocationRequest,
    ShownReallocation,
)
from app.services.securities.lookup import SecurityLookup
from app.services.visibility.visibility import Visibility
from app.utils.paging import Page, page


class ReallocationService:
    """Evaluates within the request. Each user reads the own reallocations."""

    def __init__(
        self,
        database: Database,
        audit: AuditService,
        history: MarketHistory,
        targets: Targets,
        liquidity_service: LiquidityService,
        blotters: BlotterService,
        lookup: SecurityLookup,
        clock: Clock,
        business_date: Callable[[], date],
    ) -> None:
        self._database = database
        self._audit = audit
        self._history = history
        self._targets = targets
        self._liquidity_service = liquidity_service
        self._blotters = blotters
        self._lookup = lookup
        self._clock = clock
        self._business_date = business_date

    def evaluate(
        self,
        asked: ReallocationRequest,
        caller: Caller,
        visible: Visibility,
        *,
        key: str | None = None,
        resumed: bool = False,
    ) -> ShownReallocation:
        """Find out whether a reallocation is needed, plan it within liquidity, and store what came out.

        Parameters
        ----------
        key
            Id of the idempotency key of the request; an earlier attempt at it that is `resumed` here may have
            stored the reallocation.

        Raises
        ------
        InvalidRequest
            Where values do not add up, or there are too many assets.
        NotFound, NoTargets, UnknownAsset, TooFewPrices, NotMeasurable
            When the target cannot be found, see `Targets`.
        """
        reallocation_id = new_id() if key is None else id_of("reallocation", key)
        with self._database.read() as session:
            earlier = session.get(ReallocationRow, reallocation_id)
            if earlier is not None and resumed:
                return store.shown(session, earlier)
        if earlier is not None:  # of a request whose key was forgotten since
            reallocation_id = new_id()
        asked = self._as_of_now(asked)
        outcome = self._outcome(asked, visible, reallocation_id)
        now, today = self._clock(), self._business_date()
        row_of = partial(store.new_row, reallocation_id, asked, outcome, caller, now, today)
        return self._database.retried(lambda session: self._keep(session, row_of(), caller))

    def _as_of_now(self, asked: ReallocationRequest) -> ReallocationRequest:
        """Return the request with the moment whose market history counts, by which it can be repeated."""
        last = self._history.last_import_at()
        if last is None or (asked.known_at is not None and asked.known_at <= last):
            return asked
        return replace(asked, known_at=last)

    def _keep(self, session: Session, row: ReallocationRow, caller: Caller) -> ShownReallocation:
        """Store an evaluation with its record, unless another attempt, which took over, has stored it."""
        stored = session.get(ReallocationRow, row.id)
        if stored is not None:
            return store.shown(session, stored)
        session.add(row)
        session.flush()
        trades = len(store.outcome_of(row).trades)
        self._audit.record_for(
            session,
            Action.REALLOCATION_EVALUATED,
            caller,
            EntityType.REALLOCATION,
            row.id,
            after={"status": row.status, "trades": trades},
            rows=everything(EntityType.REALLOCATION),
        )
        return store.shown(session, row)

    def _outcome(
        self, asked: ReallocationRequest, visible: Visibility, reallocation_id: str
    ) -> ReallocationOutcome:
        try:
            target = self._targets.of(asked, visible)
        except InvalidRequest as error:
            stated = asked.target or asked.target_weights or {}
            raise InvalidRequest.of(*error.errors, *_wrong(asked, _assets(asked, stated))) from error
        assets = _assets(asked, target)
        if wrong := tuple(_wrong(asked, assets)):
            raise InvalidRequest.of(*wrong)
        holdings = [
            Holding(asset, cents(asked.current[asset]) if asset in asked.current else 0, target.get(asset, 0))
            for asset in assets
        ]
        before = measure(holdings, Fraction(asked.threshold))
        markets = measured.markets(self._history, asked, assets)
        found = Evaluation(
            asked, holdings, before, Liquidity({}, (), None), markets, None, measured.NO_RISK, None
        )
        if before.is_needed:
            gaps = {each.asset: each.target - each.current for each in holdings}
            rooms = liquidity(asked, gaps, markets, self._liquidity_service, reallocation_id)
            limits = Limits([rooms.rooms[asset] for asset in assets], cents(asked.minimum_trade))
            known = [markets[asset].market if asset in markets else None for asset in assets]
            found = replace(found, liquidity=rooms, plan=plan(holdings, limits, known))
        portfolios = {
            each.asset: (each.current, each.target, each.current + trade)
            for each, trade in zip(holdings, found.trades, strict=True)
        }
        risk, why = measured.risk(self._history, asked, portfolios)
        return outcome_of(replace(found, risk=risk, why_no_risk=why))

    def list(self, caller: Caller, *, cursor: str | None, limit: int) -> Page[ReallocationHead]:
        """Return a page of the caller's reallocations, newest first."""
        query = select(ReallocationRow).where(ReallocationRow.user_id == caller.user_id)
        order = (ReallocationRow.created_at, ReallocationRow.id)
        with self._database.read() as session:
            found: Page[ReallocationRow] = page(session, query, order, cursor, limit, lambda row: row)
            return Page(store.heads(session, found.items), found.next_cursor)

    def get(self, reallocation_id: str, caller: Caller) -> ShownReallocation:
        """Return a reallocation of the caller.

        Raises
        ------
        NotFound
            When there is none with this id, or another user has asked for it.
        """
        with self._database.read() as session:
            return store.shown(session, store.load(session, reallocation_id, caller))

    def make_blotter(
        self, reallocation_id: str, wish: BlotterWish, caller: Caller, visible: Visibility
    ) -> Submitted:
        """Make a blotter of a reallocation, once: asked again, that one is returned.

        Raises
        ------
        NotFound
            When the caller has none with this id.
        NothingPlanned
            When it has no trades.
        VaultLimitsViolated
            When limits of the vault were asked for and are violated.
        ReallocationStale
            When it is of another business date.
        InvalidRequest
            When an asset has no bond, a bond is not known, or bought and sold, or a group is not visible.
        """
        with self._database.read() as session:
            outcome = store.outcome_of(store.load(session, reallocation_id, caller))
        if not outcome.trades:
            raise NothingPlanned("Nothing is to be traded: there is no blotter to make")
        if outcome.vault is not None and not outcome.vault.allowed:
            raise VaultLimitsViolated("The target or its trades violate limits of the vault, see `vault`")
        request = self._blotter_request(outcome, wish)

        def first(session: Session, blotter_id: str) -> None:
            row = store.load(session, reallocation_id, caller)
            if row.business_date != (today := self._business_date()):
                words = f"It is of {row.business_date}, and today is {today}: evaluate again"
                raise ReallocationStale(words)
            self._audit.record_for(
                session,
                Action.REALLOCATION_BLOTTER_MADE,
                caller,
                EntityType.REALLOCATION,
                reallocation_id,
                after={"blotter_id": blotter_id},
            )

        return self._blotters.create_once(
            request, caller, visible, key=reallocation_id, lock=TARGETS_LOCK, first=first
        )

    def _blotter_request(self, outcome: ReallocationOutcome, wish: BlotterWish) -> BlotterRequest:
        """Return lines of the trades' money, sales first, which fund the purchases."""
        traded = [trade.asset for trade in outcome.trades]
        wrong = [
            FieldError(f"securities.{asset}", "The reallocation trades it: name its bond.")
            for asset in traded
            if asset not in wish.securities
        ]
        wrong += [
            FieldError(f"securities.{asset}", "The reallocation does not trade it.")
            for asset in wish.securities
            if asset not in traded
        ]
        if wrong:
            raise InvalidRequest.of(*wrong)
        bonds = self._bonds(outcome, wish)
        lines = []
        for trade in outcome.trades:
            request = PreviewRequest(
                order=OrderRequest(bonds[trade.asset], trade.side, 0, notional=trade.amount),
                method=Method.PRO_RATA,
                portfolio_groups=wish.portfolio_groups,
                constraints=Constraints(leave_tradable=True),
            )
            lines.append(AskedLine(request, priority=1 if trade.side is Side.SELL else 2))
        return BlotterRequest(tuple(lines), Policy(sales_fund_buys=True))

    def _bonds(self, outcome: ReallocationOutcome, wish: BlotterWish) -> dict[str, str]:
        """Return the vendor's id of the bond of each asset that trades; none is bought and sold at once."""
        fields = {trade.asset: f"securities.{trade.asset}" for trade in outcome.trades}
        found = self._lookup.resolve_all({name: wish.securities[asset] for asset, name in fields.items()})
        bonds = {asset: found[name] for asset, name in fields.items()}
        sides: dict[str, set[Side]] = {}
        for trade in outcome.trades:
            sides.setdefault(bonds[trade.asset], set()).add(trade.side)
        message = "One asset that names this bond is sold, and another one is bought."
        wrong = [FieldError(fields[asset], message) for asset, bond in bonds.items() if len(sides[bond]) > 1]
        if wrong:
            raise InvalidRequest.of(*wrong)
        return bonds


def _assets(asked: ReallocationRequest, target: Iterable[str]) -> tuple[str, ...]:
    """Return what is held or in the target, each once."""
    return tuple(dict.fromkeys((*asked.current, *target)))


def _wrong(asked: ReallocationRequest, assets: tuple[str, ...]) -> Iterator[FieldError]:
    if len(assets) > MAX_ASSETS:
        words = f"At most {MAX_ASSETS} assets are accepted, current and target together."
        yield FieldError("current", words)
    for asset in asked.liquidity or ():
        if asset not in assets:
            yield FieldError(f"liquidity.{asset}", "It is neither held nor in the target.")
