"""What FIX 4.4 can say of a bond and an account; asked before a commit, since its messages come after it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from app.services.domain.book import Security
from app.services.domain.security_ids import is_cusip, is_isin


class SecurityIdSource(StrEnum):
    """Agency of a SecurityID (48), as SecurityIDSource (22) names it."""

    CUSIP = "1"
    ISIN = "4"


@dataclass(frozen=True, slots=True)
class FixGap:
    """Why FIX cannot name a bond, or the account `account_id`."""

    account_id: str | None
    message: str


def is_fix_text(value: str) -> bool:
    """Say whether a text can be the value of a field: printable ASCII, and not empty."""
    return bool(value) and value.isascii() and value.isprintable()


def security_id_of(isin: str | None, cusip: str) -> tuple[str, SecurityIdSource] | None:
    """Return the SecurityID of a bond with its source: the ISIN, else the CUSIP; None without a valid one."""
    if isin is not None and is_isin(isin):
        return isin, SecurityIdSource.ISIN
    return (cusip, SecurityIdSource.CUSIP) if is_cusip(cusip) else None


def fix_gaps(security: Security, account_ids: Iterable[str]) -> tuple[FixGap, ...]:
    """Return what FIX messages on a split of this bond could not say: first of the bond, then by account."""
    gaps = []
    if security_id_of(security.isin, security.security_id) is None:
        message = (
            f"The bond {security.security_id} has neither a valid ISIN nor a valid CUSIP: no FIX message "
            "can name it"
        )
        gaps.append(FixGap(None, message))
    gaps += [
        FixGap(name, f"The account id {name!r} is not printable ASCII text: no FIX message can name it")
        for name in sorted(account_ids)
        if not is_fix_text(name)
    ]
    return tuple(gaps)
