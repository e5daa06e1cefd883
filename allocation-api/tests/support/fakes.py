"""Hand-written services for tests of the HTTP edge: canned answers, and a note of what was asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from app.core.config import Settings, load_settings
from app.core.errors import NotFound, Unauthenticated
from app.services.access.sessions import Client, OpenSession, SessionView
from app.services.accounts.groups import AccountName, GroupAccount, PortfolioGroup
from app.services.accounts.positions import CashPosition, Position, Positions
from app.services.allocations.history import AllocationSummary, HistoryFilter
from app.services.allocations.replay import ReplayResult
from app.services.allocations.request import PreviewRequest
from app.services.allocations.store import CommitResult, StoredAllocation
from app.services.audit.trail import AuditRecord
from app.services.audit.verification import Span, Verification
from app.services.domain.book import AsOf
from app.services.domain.caller import Caller, User
from app.services.domain.side import Side
from app.services.kernels.allocation.registry import Method
from app.services.ops.health import Readiness
from app.services.requests.activity import ActivityFilter, ActivityPage
from app.services.requests.calculations import CalculationPlaces
from app.services.requests.errors import IdempotencyKeyInUse, IdempotencyKeyReused
from app.services.requests.gate import VendorGate
from app.services.requests.idempotency import Reservation, StoredAnswer
from app.services.requests.rate_limits import RateLimits
from app.services.securities.service import SecurityAnalytics, SecurityDetail, SecurityHit
from app.services.trading.orders.answers import Order, OrderFills
from app.services.trading.orders.change import OrderOutcome
from app.services.trading.orders.listing import OrderFilter
from app.services.visibility.visibility import Visibility
from app.utils.paging import Page
from tests.support.fake_reports import FakeFairness, FakeFix, FakeHistory, FakeLedger
from tests.support.samples import (
    ACTIVITY,
    BENCHMARK,
    COMMITTED,
    FILLS,
    HIT,
    NOW,
    ORDER,
    READY,
    RECORD,
    TODAY,
    USER,
    VERIFIED,
    result,
)
from tests.support.signing import SIGNING_KEY


@dataclass
class FakeAuth:
    """One user with one password."""

    account: User = USER

    def authenticate(self, username: str, password: str, **_: object) -> User:
        if (username, password) != ("demo_user", "demo_password"):
            raise Unauthenticated("Username or password is wrong")
        return self.account

    def user(self, user_id: str) -> User:
        if user_id != self.account.id:
            raise Unauthenticated("gone")
        return self.account


@dataclass
class FakeSessions:
    """Sessions of the one user: each refresh token holds once."""

    users: FakeAuth
    open: dict[str, OpenSession] = field(default_factory=dict)

    def begin(self, user: User, *, since: datetime, client: Client) -> OpenSession:
        end = datetime.now(UTC) + timedelta(hours=12)
        self.open["session-1"] = OpenSession("session-1", "refresh-1", end, user)
        return self.open["session-1"]

    def user(self, session_id: str, user_id: str) -> User:
        if session_id not in self.open:
            raise Unauthenticated("This session has ended. Log in again.")
        return self.users.user(user_id)

    def refresh(self, session_id: str, user_id: str, refresh_id: str, **_: Any) -> OpenSession:
        user = self.user(session_id, user_id)
        found = self.open[session_id]
        if found.refresh_id != refresh_id:
            del self.open[session_id]
            raise Unauthenticated("This session has ended. Log in again.")
        following = f"refresh-{int(refresh_id.split('-')[1]) + 1}"
        self.open[session_id] = replace(found, refresh_id=following, user=user)
        return self.open[session_id]

    def list(self, caller: Caller) -> tuple[SessionView, ...]:
        return tuple(
            SessionView(key, "PASSWORD", NOW, NOW, NOW, None, None, current=key == caller.session_id)
            for key in self.open
        )

    def log_out(self, session_ids: frozenset[str], caller: Caller) -> None:
        for key in session_ids:
            self.open.pop(key, None)

    def end_one(self, session_id: str, caller: Caller) -> None:
        if self.open.pop(session_id, None) is None:
            raise NotFound("You have no open session of this id.")

    def end_all(self, user_id: str, username: str, caller: Caller) -> int:
        ended = len(self.open)
        self.open.clear()
        return ended


@dataclass
class FakePortfolios:
    """One group, PUBLICPRE, of one account."""

    def list(self, visible: Visibility) -> tuple[PortfolioGroup, ...]:
        return (self.get("PUBLICPRE", visible),)

    def get(self, group_id: str, visible: Visibility) -> PortfolioGroup:
        if group_id != "PUBLICPRE":
            raise NotFound(f"There is no portfolio group {group_id}")
        names = (AccountName("ACC001", "Account one"),)
        return PortfolioGroup("PUBLICPRE", "Public", "", "CORE", "Desk", None, BENCHMARK, 1, names, None)

    def accounts(self, group_id: str, visible: Visibility) -> tuple[GroupAccount, ...]:
        self.get(group_id, visible)
        return (
            GroupAccount(
                account_id="ACC001",
                account_name="Account one",
                strategy="CORE",
                currency="USD",
                restrictions=("NO_TOBACCO",),
                restrictions_stated=True,
                nav=Decimal("100000000.00"),
                cash=None,
                market_value=Decimal("95000000.25"),
                position_count=24,
                duration=5.1,
                oas=None,
                spread_duration=5.0,
                benchmark_spread_duration=4.8,
                active_spread_duration=0.2,
                benchmark=BENCHMARK,
                cash_reserve=Decimal("500000.00"),
            ),
        )


@dataclass
class FakeSecurities:
    """One bond."""

    asked: list[tuple[str, int]] = field(default_factory=list)

    def search(self, query: str, limit: int) -> tuple[SecurityHit, ...]:
        self.asked.append((query, limit))
        return (HIT,)

    def get(self, security_id: str, visible: Visibility) -> SecurityDetail:
        if security_id not in {HIT.cusip, HIT.isin}:
            raise NotFound(f"There is no security {security_id}")
        return SecurityDetail(
            HIT, "ACT/ACT", 2, None, Decimal(40_000_000_000), 1, Decimal(1), Decimal("98.5"), TODAY
        )

    def analytics(self, security_id: str, visible: Visibility) -> SecurityAnalytics:
        self.get(security_id, visible)
        return SecurityAnalytics(
            HIT.cusip, TODAY, Decimal("98.5"), Decimal(0), 4.1, 4.2, 3.8, 0.2, 12.0, 45.6, None
        )


@dataclass
class FakeMarketData:
    """One account, ACC001."""

    asked: list[AsOf] = field(default_factory=list)

    def positions(self, account_id: str, as_of: AsOf, visible: Visibility) -> Positions:
        self.asked.append(as_of)
        self.cash(account_id, visible)
        position = Position(
            "ACC001", HIT.cusip, None, Decimal(1_000_000), Decimal("1000000.50"), None, None, 4.2, 3.8, None
        )
        return Positions("ACC001", as_of, TODAY, Decimal(100_000_000), (position,))

    def cash(self, account_id: str, visible: Visibility) -> tuple[CashPosition, ...]:
        if account_id != "ACC001":
            raise NotFound(f"There is no account {account_id}")
        return (CashPosition("ACC001", "USD", Decimal("5000000.00"), None),)


@dataclass
class FakeAllocations:
    """Stores previews in memory."""

    stored: dict[str, StoredAllocation] = field(default_factory=dict)
    asked: list[Any] = field(default_factory=list)
    callers: list[Caller] = field(default_factory=list)

    @property
    def previews(self) -> FakeAllocations:
        """The room's previews, which are all of the room that is faked."""
        return self

    def preview(
        self, request: PreviewRequest, caller: Caller, visible: Visibility, admit: Callable[[int], None]
    ) -> StoredAllocation:
        admit(1)
        self.asked.append(request)
        self.callers.append(caller)
        made = StoredAllocation(
            allocation_id=f"alloc-{len(self.stored) + 1}",
            status="PREVIEWED",
            created_at=NOW,
            expires_at=NOW + timedelta(minutes=15),
            created_by=caller.username,
            request=request,
            result=result(request),
            commit=None,
        )
        self.stored[made.allocation_id] = made
        return made

    def get(self, allocation_id: str, visible: Visibility) -> StoredAllocation:
        if allocation_id not in self.stored:
            raise NotFound(f"There is no allocation {allocation_id}")
        return self.stored[allocation_id]

    def history(
        self, filters: HistoryFilter, visible: Visibility, *, cursor: str | None, limit: int
    ) -> Page[AllocationSummary]:
        self.asked.append((filters, cursor, limit))
        line = AllocationSummary(
            "alloc-1",
            "SUBMITTED",
            NOW,
            NOW,
            "demo_user",
            HIT.cusip,
            HIT.description,
            Side.BUY,
            Method.PRO_RATA,
            8_000_000,
            8_000_000,
            0,
            Decimal("6000000.0000"),
            Decimal(0),
            ("PUBLICPRE",),
            "9001",
        )
        return Page((line,), None if cursor == "bmV4dA==" else "bmV4dA==")

    def replay(self, allocation_id: str, visible: Visibility) -> ReplayResult:
        self.get(allocation_id, visible)
        return ReplayResult(
            allocation_id,
            identical=True,
            snapshot_sha256="0" * 64,
            recorded_engine_version="1",
            engine_version="1",
            engine_changes=(),
            differences=(),
        )


@dataclass
class FakeCommits:
    """Commits what the allocations hold."""

    allocations: FakeAllocations
    asked: list[tuple[str, str, bool]] = field(default_factory=list)

    def commit(
        self,
        allocation_id: str,
        *,
        comment: str,
        override_warnings: bool,
        caller: Caller,
        visible: Visibility,
        idempotency_key: str | None = None,
        acknowledge: Sequence[str] = (),
    ) -> CommitResult:
        self.asked.append((allocation_id, comment, override_warnings))
        stored = self.allocations.get(allocation_id, visible)
        done = replace(COMMITTED, allocation_id=allocation_id)
        self.allocations.stored[allocation_id] = replace(stored, status="SUBMITTED", commit=done)
        return done


@dataclass
class FakeOrders:
    """One order, 9001."""

    asked: list[tuple[Any, ...]] = field(default_factory=list)
    resumed: list[bool] = field(default_factory=list)

    def list(self, filters: OrderFilter, visible: Visibility, **wanted: Any) -> Page[Order]:
        self.asked.append((filters, *sorted(wanted.items(), key=lambda item: item[0])))
        return Page((ORDER,), None)

    def get(self, order_id: str, visible: Visibility) -> Order:
        if order_id != "9001":
            raise NotFound(f"There is no order {order_id}")
        return ORDER

    def fills(self, order_id: str, visible: Visibility) -> OrderFills:
        self.get(order_id, visible)
        return FILLS

    def modify(
        self,
        order_id: str,
        *,
        face: int,
        comment: str,
        touch_count: int | None,
        caller: Caller,
        visible: Visibility,
        resumed: bool = False,
    ) -> OrderOutcome:
        self.get(order_id, visible)
        self.asked.append((order_id, face, comment, touch_count))
        self.resumed.append(resumed)
        return OrderOutcome("SUCCESS", order_id, "changed", "audit-2")

    def cancel(
        self,
        order_id: str,
        *,
        reason: str,
        touch_count: int | None,
        caller: Caller,
        visible: Visibility,
        resumed: bool = False,
    ) -> OrderOutcome:
        self.get(order_id, visible)
        self.asked.append((order_id, reason, touch_count))
        self.resumed.append(resumed)
        return OrderOutcome("SUCCESS", order_id, "cancelled", "audit-3")


@dataclass
class FakeAudit:
    """One record."""

    asked: list[dict[str, Any]] = field(default_factory=list)

    def list(self, visible: Visibility, **wanted: Any) -> Page[AuditRecord]:
        self.asked.append(wanted)
        return Page((RECORD,), None)

    def get(self, audit_id: str, visible: Visibility) -> AuditRecord:
        if audit_id != "audit-1":
            raise NotFound(f"There is no audit record {audit_id}")
        return RECORD

    def verify(self, span: Span) -> Verification:
        self.asked.append({"span": span})
        return VERIFIED

    def export(self, span: Span) -> Iterator[str]:
        self.asked.append({"span": span})
        yield '{"hash":"","hashed_text":"{}"}\n'


@dataclass
class FakeActivity:
    """Keeps what it was told."""

    noted: list[dict[str, Any]] = field(default_factory=list)
    asked: list[tuple[Any, ...]] = field(default_factory=list)

    def note(self, **told: Any) -> None:
        self.noted.append(told)

    def list(
        self, filters: ActivityFilter, visible: Visibility, *, cursor: str | None, limit: int
    ) -> ActivityPage:
        self.asked.append((filters, cursor, limit))
        return ActivityPage((ACTIVITY,), None, 3)


@dataclass
class FakeHealth:
    """Ready, unless told otherwise."""

    answer: Readiness = READY

    def ready(self) -> Readiness:
        return self.answer


@dataclass
class FakeIdempotency:
    """Keeps keys in memory; a key is in use, or taken over, where the test says so."""

    busy: bool = False
    resumed: bool = False
    fingerprints: dict[str, str] = field(default_factory=dict)
    answers: dict[str, StoredAnswer] = field(default_factory=dict)

    def reserve(self, user_id: str, key: str, fingerprint: str) -> Reservation | StoredAnswer:
        if self.busy:
            raise IdempotencyKeyInUse("under way")
        if self.fingerprints.setdefault(key, fingerprint) != fingerprint:
            raise IdempotencyKeyReused("another request's")
        return self.answers.get(key) or Reservation(key, "token", self.resumed)

    def keep(self, reservation: Reservation, answer: StoredAnswer) -> None:
        self.answers[reservation.key_id] = answer

    def release(self, reservation: Reservation) -> None:
        assert reservation.key_id not in self.answers


def fake_services() -> Any:
    """Return one of each, under the names of the real container."""
    allocations = FakeAllocations()
    auth = FakeAuth()
    return SimpleNamespace(
        access=SimpleNamespace(logins=auth, users=auth, sessions=FakeSessions(auth)),
        accounts=SimpleNamespace(groups=FakePortfolios(), positions=FakeMarketData()),
        securities=FakeSecurities(),
        allocations=allocations,
        trading=SimpleNamespace(commits=FakeCommits(allocations), orders=FakeOrders()),
        reports=SimpleNamespace(
            history=FakeHistory(), fairness=FakeFairness(), ledger=FakeLedger(), fix=FakeFix()
        ),
        audit=FakeAudit(),
        requests=SimpleNamespace(
            activity=FakeActivity(),
            idempotency=FakeIdempotency(),
            rates=RateLimits(0),
            gate=VendorGate(8, 5),
            calculations=CalculationPlaces(8),
        ),
        ops=FakeHealth(),
        clock=lambda: NOW,
    )


def settings() -> Settings:
    """Return settings of a test: nothing from the machine's environment."""
    return load_settings({"FLASK_ENV": "development", "JWT_SECRET_KEY": SIGNING_KEY, "LOG_LEVEL": "INFO"})
