"""Security master and analytics records to our domain types, with a fault for each id without an answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum

import msgspec

from app.services.aladdin.mapping.faults import FaultCode, asset_fault, not_answered, vendor_fault
from app.services.aladdin.mapping.numbers import is_usable
from app.services.aladdin.mapping.ratings import composite
from app.services.aladdin.wire import (
    AnalyticsAnswer,
    AssetRecord,
    AssetRisk,
    MasterAnswer,
    Number,
    RiskRecord,
)
from app.services.domain.book import Analytics, AssetFault, ById, Security


class IdType(StrEnum):
    """Kinds of id by which a security can be requested; the names are the vendor's."""

    CUSIP = "CUSIP"
    ISIN = "ISIN"
    ALADDIN = "ALADDIN_SEC_ID"


@dataclass(frozen=True, slots=True)
class MasterRules:
    """The tenant's conventions: sector classification, and settlement days where the master has none."""

    sector_type: str = "GICS"
    default_settle_days: int = 1


MAX_SETTLE_DAYS = 100

_RECORD = msgspec.json.Decoder(AssetRecord)
_RISK = msgspec.json.Decoder(AssetRisk)
_ISIN = "I"
_DAY_COUNTS = {
    "D30360": "30/360",
    "30E360": "30E/360",
    "ACTACT": "ACT/ACT",
    "ACTTSY": "ACT/ACT",
    "ACT360": "ACT/360",
    "ACT365": "ACT/365",
    "ACT366": "ACT/366",
}
_NO_DAY_COUNT = ("", "NA")
_FLAGS = {"Y": True, "N": False}


def securities_of(
    asked: Sequence[str], id_type: IdType, answer: MasterAnswer, rules: MasterRules
) -> ById[Security]:
    """Map one answer of the security master: for each requested id one security or one fault.

    The answer is keyed by the vendor's asset id whatever kind of id was requested, so records are matched by
    the ids in them. An id that matches several assets is a fault, because it does not say which one is meant.
    """
    matches: defaultdict[str, dict[str, Security | AssetFault]] = defaultdict(dict)
    for asset_id, names, record in _records(answer, id_type, rules):
        for name in names:
            matches[name][asset_id] = record
    found: dict[str, Security | AssetFault] = {}
    for name in asked:
        match list(matches[name].values()):
            case _ if name in answer.errors:
                found[name] = vendor_fault(name, answer.errors[name])
            case []:
                found[name] = not_answered(name)
            case [Security() as security]:
                found[name] = security
            case [AssetFault() as fault]:
                found[name] = AssetFault(name, fault.code, fault.message)
            case _:
                message = f"fits {', '.join(sorted(matches[name]))}"
                found[name] = asset_fault(name, FaultCode.AMBIGUOUS, message)
    return found


def analytics_of(
    asked: Sequence[str], currencies: Mapping[str, str], answer: AnalyticsAnswer
) -> ById[Analytics]:
    """Map one answer of the analytics: for each requested asset id its numbers or one fault.

    Parameters
    ----------
    currencies : mapping
        Currency of each security, where known. Its entry is used, else that of ALL, else the only one.
    """
    found: dict[str, Analytics | AssetFault] = {}
    for asset_id in asked:
        raw = answer.risk_by_asset_id.get(asset_id)
        if asset_id in answer.errors:
            found[asset_id] = vendor_fault(asset_id, answer.errors[asset_id])
        elif raw is None:
            found[asset_id] = not_answered(asset_id)
        else:
            found[asset_id] = _analytics(asset_id, raw, currencies.get(asset_id))
    return found


def _records(
    answer: MasterAnswer, id_type: IdType, rules: MasterRules
) -> Iterator[tuple[str, set[str], Security | AssetFault]]:
    """Yield each asset's id, its ids of the requested type, and the security or a fault."""
    for asset_id, by_type in answer.asset_by_asset_id.items():
        # Beside the plain asset id the map has one record, under a key made of the tenant's own type names.
        raw = [record for key, record in by_type.items() if key != "assetId"]
        if len(raw) != 1:
            message = f"{len(raw)} records instead of one"
            yield asset_id, {asset_id}, asset_fault(asset_id, FaultCode.UNREADABLE, message)
            continue
        try:
            record = _RECORD.decode(raw[0])
        except msgspec.ValidationError as error:
            yield asset_id, {asset_id}, asset_fault(asset_id, FaultCode.UNREADABLE, str(error))
            continue
        isin = _isin(record)
        names = {isin} if id_type is IdType.ISIN else {asset_id, record.cusip}
        yield asset_id, {name for name in names if name}, _security(asset_id, isin, record, rules)


def _security(
    asset_id: str, isin: str | None, record: AssetRecord, rules: MasterRules
) -> Security | AssetFault:
    units = _units(asset_id, record)
    if isinstance(units, AssetFault):
        return units
    piece, increment, currency = units
    try:
        coupon, frequency = _coupon(record), _number(record.coup_freq)
        issued, factor = _number(record.amt_isu), _number(record.pd_factor)
    except InvalidOperation:
        return asset_fault(
            asset_id, FaultCode.DATA_INVALID, "coupon, coupFreq, amtIsu or pdFactor is not a number"
        )
    if factor is not None and factor <= 0:
        return asset_fault(
            asset_id, FaultCode.DATA_INVALID, f"pdFactor is {factor}: nothing of the issue is left"
        )
    settle_days = rules.default_settle_days if record.settle_days is None else int(record.settle_days)
    if not 0 <= settle_days <= MAX_SETTLE_DAYS:
        return asset_fault(asset_id, FaultCode.DATA_INVALID, f"settleDays is {record.settle_days}")
    coupon_frequency, special_schedule = _frequency(record, frequency)
    return Security(
        security_id=asset_id,
        isin=isin,
        ticker=record.ticker,
        description=record.desc_instmt or record.ticker or asset_id,
        issuer=None,
        issuer_id=None if record.issuer_id is None else str(record.issuer_id),
        sector=_sector(record, rules.sector_type),
        country=record.risk_country or record.country or None,
        rating=composite(record.rating_set.records if record.rating_set else ()),
        currency=currency,
        coupon=coupon,
        coupon_frequency=coupon_frequency,
        day_count=_day_count(record.date_conv),
        issue_date=record.issue_dt,
        maturity=record.maturity,
        min_piece=piece,
        increment=increment,
        amount_issued=issued if issued is not None and issued > 0 else None,
        settle_days=settle_days,
        factor=Decimal(1) if factor is None else factor,
        accrual_date=record.accrual_dt,
        first_coupon=record.first_pay_dt,
        last_coupon=record.last_regular_pmt,
        pays_at_month_end=_FLAGS.get(record.flag_eom or ""),
        special_schedule=special_schedule,
        is_floating=record.cpn_type == "T",
        trades_flat=record.exclude_ai == "Y",
    )


def _units(asset_id: str, record: AssetRecord) -> tuple[int, int, str] | AssetFault:
    """Return the minimum piece, the increment and the currency of a bond."""
    piece, increment, currency = record.min_trd_size, record.min_lot_size, record.currency
    if piece is None or increment is None or not currency:
        needed = {"minTrdSize": piece, "minLotSize": increment, "currency": currency}
        missing = ", ".join(name for name, value in needed.items() if not value)
        return asset_fault(asset_id, FaultCode.DATA_MISSING, f"{missing} missing in the security master")
    for name, size in (("minTrdSize", piece), ("minLotSize", increment)):
        if not (is_usable(size) and size > 0 and size == int(size)):
            return asset_fault(
                asset_id, FaultCode.DATA_INVALID, f"{name} is {size}, not a whole face above zero"
            )
    return int(piece), int(increment), currency


def _day_count(code: str | None) -> str | None:
    """Return the market's name of a day count, or the vendor's own word for one that is not computed here."""
    plain = (code or "").upper().replace("/", "").strip()
    return None if plain in _NO_DAY_COUNT else _DAY_COUNTS.get(plain, code)


def _frequency(record: AssetRecord, frequency: Decimal | None) -> tuple[int | None, str | None]:
    """Return the coupons a year, and the word for a schedule that such a number cannot describe."""
    if record.pmt_freq_type or frequency is None:
        return None, record.pmt_freq_type or None
    whole = int(frequency)
    return (whole, None) if whole == frequency else (None, f"{frequency} a year")


def _coupon(record: AssetRecord) -> Decimal | None:
    """Return the coupon in per cent, from the field that the coupon type (Z zero, T floating) selects."""
    if record.cpn_type == "Z":
        return Decimal(0)
    return _number(record.coupon_float if record.cpn_type == "T" else record.coupon_fix)


def _number(value: Number | Decimal | None) -> Decimal | None:
    """Return a number that may come as a string; None if it is blank."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    number = Decimal(str(value))
    if not is_usable(number):
        raise InvalidOperation
    return number


def _isin(record: AssetRecord) -> str | None:
    identifiers = record.cusip2_set.records if record.cusip2_set else ()
    return next((item.identifier for item in identifiers if item.code == _ISIN), None)


def _sector(record: AssetRecord, sector_type: str) -> str | None:
    """Return the broadest class in the configured classification."""
    sectors = [s for s in (record.sector_set.records if record.sector_set else ()) if s.type == sector_type]
    return min(sectors, key=lambda sector: sector.level).code if sectors else None


def _analytics(asset_id: str, raw: msgspec.Raw, currency: str | None) -> Analytics | AssetFault:
    try:
        by_currency = _RISK.decode(raw).risk_by_currency
    except msgspec.ValidationError as error:
        return asset_fault(asset_id, FaultCode.UNREADABLE, str(error))
    risk = _pick(by_currency, currency)
    if risk is None:
        entries = ", ".join(sorted(by_currency)) or "none"
        return asset_fault(asset_id, FaultCode.AMBIGUOUS, f"risk by currency has {entries}, not {currency}")
    if risk.accrued_interest is not None and not is_usable(risk.accrued_interest):
        return asset_fault(asset_id, FaultCode.DATA_INVALID, f"accruedInterest is {risk.accrued_interest}")
    return Analytics(
        security_id=asset_id,
        risk_date=risk.risk_date,
        duration=risk.oad,
        spread_duration=risk.spread_duration,
        oas=risk.oas,
        convexity=risk.oac,
        yield_to_maturity=risk.yield_to_maturity,
        accrued=risk.accrued_interest,
    )


def _pick(by_currency: Mapping[str, RiskRecord], currency: str | None) -> RiskRecord | None:
    for key in (currency, "ALL"):
        if key is not None and key in by_currency:
            return by_currency[key]
    return next(iter(by_currency.values())) if len(by_currency) == 1 else None
