"""Settings of reallocation."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.core.config.reader import Reader


@dataclass(frozen=True, slots=True)
class ReallocationSettings:
    """The service that is asked what can be traded, None for none, and how long its answer may take."""

    rpc_url: str | None = field(repr=False)
    rpc_seconds: int


def reallocation_settings(read: Reader) -> ReallocationSettings:
    """Read the section."""
    return ReallocationSettings(
        rpc_url=read.optional_url("LIQUIDITY_RPC_URL"),
        rpc_seconds=read.integer("LIQUIDITY_RPC_SECONDS", 5, 1, 30),
    )
