"""Imports of daily prices, each checked as a whole, stored in one transaction, and recorded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import FieldError, InvalidRequest
from app.services.audit.trail import Action, AuditService, EntityType
from app.services.domain.caller import Caller
from app.services.market_history import store
from app.services.market_history.bars import NOTHING, Bars, date_of, day_number
from app.services.market_history.checks import SymbolRows, by_symbol, changed, findings
from app.services.market_history.import_types import (
    MAX_FINDINGS,
    Finding,
    ImportedAsset,
    ImportReport,
    ImportRequest,
)
from app.utils.chunks import MAX_IDS_PER_QUERY, chunks


class MarketImports:
    """Imports rows. A row of a day that is stored supersedes it, and the stored one stays."""

    def __init__(self, database: Database, audit: AuditService, clock: Clock) -> None:
        self._database = database
        self._audit = audit
        self._clock = clock

    def load(self, asked: ImportRequest, caller: Caller) -> ImportReport:
        """Import rows, or only report what would become of them.

        A row like the stored one of its day is not stored again.

        Raises
        ------
        InvalidRequest
            Naming each row for which the import is refused, when it is no dry run.
        """
        if asked.dry_run:
            with self._database.read() as session:
                return self.report(session, asked)
        return self._database.retried(lambda session: self.within(session, asked, caller))

    def report(self, session: Session, asked: ImportRequest) -> ImportReport:
        """Return what would become of rows."""
        parts = by_symbol(asked.rows)
        return self._report(asked, parts, _stored(session, parts))

    def within(self, session: Session, asked: ImportRequest, caller: Caller) -> ImportReport:
        """Import rows in the transaction of a session, which takes the lock; see `load`."""
        store.lock(session)
        return self._store(session, asked, by_symbol(asked.rows), caller)

    def _report(
        self, asked: ImportRequest, parts: list[SymbolRows], stored: Mapping[str, Bars]
    ) -> ImportReport:
        last_day = day_number(self._clock().date())
        found = list(findings(asked.rows, parts, stored, last_day)) if parts else []
        return _reported(asked, [_asset(part, stored) for part in parts], found)

    def _store(
        self, session: Session, asked: ImportRequest, parts: list[SymbolRows], caller: Caller
    ) -> ImportReport:
        stored = _stored(session, parts)
        report = self._report(asked, parts, stored)
        refused = [each for each in report.findings if each.is_refused]
        if refused:
            raise InvalidRequest.of(*(FieldError(str(each.field), each.message) for each in refused))
        new = store.NewImport(
            asked.source,
            caller.username,
            report.row_count,
            report.new_count,
            report.corrected_count,
            dict(_differing(parts, stored)),
        )
        arrival = store.add(session, new, self._clock())
        self._audit.record_for(
            session,
            Action.MARKET_DATA_IMPORTED,
            caller,
            EntityType.MARKET_DATA,
            arrival.import_id,
            after={
                "source": asked.source,
                "symbols": [part.symbol for part in parts],
                "row_count": report.row_count,
                "new_count": report.new_count,
                "corrected_count": report.corrected_count,
                "findings": dict(report.counts),
            },
        )
        return replace(report, import_id=arrival.import_id, arrived_at=arrival.at)


def _stored(session: Session, parts: list[SymbolRows]) -> dict[str, Bars]:
    found: dict[str, Bars] = {}
    for some in chunks([part.symbol for part in parts], MAX_IDS_PER_QUERY):
        found |= {symbol: known.bars for symbol, known in store.known(session, some, None).items()}
    return found


def _differing(parts: list[SymbolRows], stored: Mapping[str, Bars]) -> Iterable[tuple[str, Bars]]:
    for part in parts:
        new, corrected = changed(part, stored.get(part.symbol, NOTHING))
        if (new | corrected).any():
            yield part.symbol, part.bars.take(new | corrected)


def _asset(part: SymbolRows, stored: Mapping[str, Bars]) -> ImportedAsset:
    new, corrected = changed(part, stored.get(part.symbol, NOTHING))
    count, new_count, corrected_count = len(new), int(new.sum()), int(corrected.sum())
    return ImportedAsset(
        part.symbol,
        date_of(part.bars.days[0]),
        date_of(part.bars.days[-1]),
        count,
        new_count,
        corrected_count,
        count - new_count - corrected_count,
    )


def _reported(asked: ImportRequest, assets: list[ImportedAsset], found: Sequence[Finding]) -> ImportReport:
    """Return the report: what is refused comes first, and then each symbol's findings."""
    ordered = sorted(found, key=lambda each: not each.is_refused)
    return ImportReport(
        import_id=None,
        arrived_at=None,
        source=asked.source,
        dry_run=asked.dry_run,
        row_count=len(asked.rows.symbols),
        new_count=sum(asset.new_count for asset in assets),
        corrected_count=sum(asset.corrected_count for asset in assets),
        unchanged_count=sum(asset.unchanged_count for asset in assets),
        refused_count=sum(each.is_refused for each in found),
        assets=assets,
        counts=dict(Counter(each.kind.value for each in found)),
        findings=ordered[:MAX_FINDINGS],
        findings_left_out=max(len(ordered) - MAX_FINDINGS, 0),
    )
