"""Targets of single securities: each key is resolved by the security master, none is kept that it lacks."""

from __future__ import annotations

from dataclasses import replace

from app.core.errors import FieldError
from app.services.drift.target_types import CASH, StatedTargets, TargetDimension
from app.services.securities.lookup import NoSecurity, SecurityLookup


def resolved(stated: StatedTargets, lookup: SecurityLookup) -> tuple[StatedTargets, list[FieldError]]:
    """Return targets of SECURITY by the ids that positions have, and which keys have none (R19.7).

    Targets of other dimensions are returned as they are.

    Raises
    ------
    VendorError
        When the vendor does not answer.
    """
    if stated.dimension is not TargetDimension.SECURITY:
        return stated, []
    found = lookup.find_all({each.key for each in stated.content.targets} - {CASH})
    targets, errors, places = [], [], dict[str, int]()
    for place, each in enumerate(stated.content.targets):
        security_id = found.get(each.key, CASH)
        if isinstance(security_id, NoSecurity):
            errors.append(_error(place, security_id.message))
            continue
        if places.setdefault(security_id, place) != place:
            errors.append(_error(place, f"This security is there twice: it is {security_id}."))
        targets.append(replace(each, key=security_id))
    return replace(stated, content=replace(stated.content, targets=tuple(targets))), errors


def _error(place: int, message: str) -> FieldError:
    return FieldError(f"targets.{place}.key", message)
