"""Accounts at brokers and orders to them; and the paper broker's side, as a real broker keeps it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import Exact, UtcDateTime
from app.core.database import Base

UNITS = Exact(38, 18)
"""Quantities and prices of assets; crypto assets have up to 18 decimals."""

MONEY = Exact(38, 2)


class BrokerAccountRow(Base):
    """A user's account at a broker, which calls it `external_id`; one connection of it at a time.

    `credentials` are encrypted; a disconnected account has none. The paper broker needs none.
    """

    __tablename__ = "broker_accounts"
    __table_args__ = (Index("ix_broker_accounts_user", "user_id", "connected_at", "id"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    user_id: Mapped[str] = mapped_column(String(36))
    username: Mapped[str] = mapped_column(String(128))
    broker: Mapped[str] = mapped_column(String(16))
    external_id: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(128))
    currency: Mapped[str] = mapped_column(String(8))
    is_paper: Mapped[bool] = mapped_column(Boolean)
    state: Mapped[str] = mapped_column(String(16))
    credentials: Mapped[str | None] = mapped_column(Text)
    connected_at: Mapped[datetime] = mapped_column(UtcDateTime)
    disconnected_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class BrokerOrderRow(Base):
    """An order to a broker, stored before it is sent; its id is the client order id.

    `notional` is what it was expected to be worth. `known_ids` are the broker's orders of before it was sent,
    as a JSON list: what is listed later and not among them came after. `fee` is NULL where nobody states it.
    """

    __tablename__ = "broker_orders"
    __table_args__ = (
        Index("ix_broker_orders_account", "account_id", "created_at", "id"),
        Index("ix_broker_orders_status", "status"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("broker_accounts.id"))
    user_id: Mapped[str] = mapped_column(String(36))
    username: Mapped[str] = mapped_column(String(128))
    is_paper: Mapped[bool] = mapped_column(Boolean)
    symbol: Mapped[str] = mapped_column(String(64))
    currency: Mapped[str] = mapped_column(String(8))
    side: Mapped[str] = mapped_column(String(4))
    type: Mapped[str] = mapped_column(String(8))
    quantity: Mapped[Decimal] = mapped_column(UNITS)
    limit_price: Mapped[Decimal | None] = mapped_column(UNITS)
    notional: Mapped[Decimal] = mapped_column(MONEY)
    status: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(500))
    broker_order_id: Mapped[str | None] = mapped_column(String(64))
    filled_quantity: Mapped[Decimal] = mapped_column(UNITS)
    average_price: Mapped[Decimal | None] = mapped_column(UNITS)
    fee: Mapped[Decimal | None] = mapped_column(UNITS)
    fee_currency: Mapped[str | None] = mapped_column(String(16))
    fee_source: Mapped[str] = mapped_column(String(16))
    known_ids: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PaperAccountRow(Base):
    """An account at the paper broker, of the user `owner`. `terms` are how it trades, as JSON.

    `cash` is what it has, with what open orders may take; `order_count` counts the orders that came.
    """

    __tablename__ = "paper_accounts"
    __table_args__ = (Index("ix_paper_accounts_owner", "owner"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    owner: Mapped[str] = mapped_column(String(36))
    name: Mapped[str] = mapped_column(String(128))
    currency: Mapped[str] = mapped_column(String(8))
    cash: Mapped[Decimal] = mapped_column(MONEY)
    terms: Mapped[str] = mapped_column(Text)
    order_count: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PaperHoldingRow(Base):
    """What a paper account has of an asset; `cost` is the money that it was bought for."""

    __tablename__ = "paper_holdings"

    account_id: Mapped[str] = mapped_column(ForeignKey("paper_accounts.id"), primary_key=True)
    symbol: Mapped[str] = mapped_column(String(64), primary_key=True)
    quantity: Mapped[Decimal] = mapped_column(UNITS)
    cost: Mapped[Decimal] = mapped_column(MONEY)


class PaperOrderRow(Base):
    """An order at the paper broker. `reserve_price` is what a unit of an open purchase may take of the cash.

    `fee` is what was taken so far. An order that `fills_in_parts` has its next part at `next_fill_at`.
    """

    __tablename__ = "paper_orders"
    __table_args__ = (Index("ix_paper_orders_account", "account_id", "sequence"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("paper_accounts.id"))
    sequence: Mapped[int] = mapped_column(BigInteger)
    client_order_id: Mapped[str] = mapped_column(String(64))
    symbol: Mapped[str] = mapped_column(String(64))
    side: Mapped[str] = mapped_column(String(4))
    type: Mapped[str] = mapped_column(String(8))
    quantity: Mapped[Decimal] = mapped_column(UNITS)
    limit_price: Mapped[Decimal | None] = mapped_column(UNITS)
    reserve_price: Mapped[Decimal] = mapped_column(UNITS)
    state: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(500))
    filled_quantity: Mapped[Decimal] = mapped_column(UNITS)
    average_price: Mapped[Decimal | None] = mapped_column(UNITS)
    fee: Mapped[Decimal] = mapped_column(MONEY)
    fills_in_parts: Mapped[bool] = mapped_column(Boolean)
    next_fill_at: Mapped[datetime] = mapped_column(UtcDateTime)
    placed_at: Mapped[datetime] = mapped_column(UtcDateTime)
