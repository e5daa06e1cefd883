"""Search of bonds by words in any order, each the beginning of an indexed word, on every database alike.

The index is the column `search_text`. Rows that the desk wrote without it are read and compared here, until
the next start fills it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

import structlog
from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from app.models import SecurityRow
from app.services.accounts.reference import SECURITIES, SecurityReference, copied, id_fault, search_text
from app.services.domain.search_words import chunks_of
from app.services.domain.security_ids import as_written_by_agency, is_cusip, is_isin

log = structlog.get_logger(__name__)

MIN_INNER_LENGTH = 3
"""Length from which a word with a letter is also found within another one, as the end of a CUSIP is."""

MAX_WHOLE_DIGITS = 2
"""Digits up to which a number is not the beginning of another: 29 is a year, and not the 29th of a month."""

WRITTEN_BESIDE = frozenset({"corp", "govt", "mtge", "muni", "pfd", "cusip", "isin", "of"})
"""What stands beside a bond: its market sector, the name of its id, and the word in `4s of 33`."""

Words = Sequence[tuple[str, ...]]


def search(session: Session, query: str, limit: int) -> tuple[SecurityReference, ...]:
    """Return up to `limit` bonds that have every word of the query, best match first.

    Words may stand in any order and be cut short. A word of several parts is found in one piece or as its
    parts. Rank: exact id, exact ticker, prefix of ticker or id, whole word, prefix of a word, part of one.
    What is only written beside a bond (`WRITTEN_BESIDE`) counts where some bond has it, else it is left out.
    """
    words = chunks_of(query)
    told = [parts for parts in words if "".join(parts) not in WRITTEN_BESIDE]
    pasted = as_written_by_agency("".join("".join(parts) for parts in told))
    # Words may have a check digit by chance, as TREAS 2033 has.
    tried = [chunks_of(pasted)] if is_cusip(pasted) or is_isin(pasted) else []
    tried += [words] if told == words else [words, told]
    return next((found for each in tried if (found := _matches(session, each, limit))), ())


def fill_index(session: Session) -> None:
    """Fill the index of the bonds that the desk has added or changed since; all others stay untouched.

    A bond whose ids are not valid is never found, and a line in the log names it.
    """
    stored = select(SecurityRow.security_id, SecurityRow.search_text)
    texts = {row.security_id: row.search_text for row in session.execute(stored)}
    for row in session.execute(SECURITIES):
        security = copied(SecurityReference, row)
        if fault := id_fault(security):
            log.warning(
                "a bond of the reference data is not searched", security_id=row.security_id, reason=fault
            )
        text = search_text(security)
        if text != texts[row.security_id]:
            changed = update(SecurityRow).where(SecurityRow.security_id == row.security_id)
            session.execute(changed.values(search_text=text))


def _matches(session: Session, words: Words, limit: int) -> tuple[SecurityReference, ...]:
    if not words:
        return ()
    matching = or_(SecurityRow.search_text.is_(None), and_(*(_condition(word) for word in words)))
    ranked = []
    for row in session.execute(SECURITIES.add_columns(SecurityRow.search_text).where(matching)):
        found = copied(SecurityReference, row)
        text = search_text(found) if row.search_text is None else row.search_text
        if (rank := _rank(found, text, words)) is not None:
            ranked.append((rank, found))
    return tuple(found for _, found in sorted(ranked, key=lambda pair: pair[0])[:limit])


def _condition(parts: tuple[str, ...]) -> ColumnElement[bool]:
    return or_(_has("".join(parts)), and_(*(_has(part) for part in parts)))


def _has(word: str) -> ColumnElement[bool]:
    # No word has a character that LIKE reads as a pattern.
    text = SecurityRow.search_text
    if _is_whole(word):
        return or_(*(text.like(f"% {word}{end}") for end in ("", " %", ".%")))
    return text.like(f"%{word}%" if _may_be_inside(word) else f"% {word}%")


def _is_whole(word: str) -> bool:
    """Say whether a word is a year or a coupon, of which only the decimals may be cut off."""
    return len(word) <= MAX_WHOLE_DIGITS and word.isdigit()


def _may_be_inside(word: str) -> bool:
    return len(word) >= MIN_INNER_LENGTH and re.search(r"[^\d.]", word) is not None


def _rank(found: SecurityReference, text: str, words: Words) -> tuple[int, str, date, str] | None:
    """Return the sort key of a match, the best first; None where a word is missing."""
    ids = [i.casefold() for i in (found.security_id, found.isin) if i]
    ticker = (found.ticker or "").casefold()
    score = 0
    for parts in words:
        whole = _word_rank("".join(parts), ids, ticker, text)
        by_parts = [_word_rank(part, ids, ticker, text) for part in parts]
        ranks = [whole] if None in by_parts else [whole, max(r for r in by_parts if r is not None)]
        best = min((r for r in ranks if r is not None), default=None)
        if best is None:
            return None
        score += best
    return score, found.ticker or "", found.maturity or date.max, found.security_id


def _word_rank(word: str, ids: Sequence[str], ticker: str, text: str) -> int | None:
    if word in ids:
        return 0
    if word == ticker:
        return 1
    if not _is_whole(word) and (ticker.startswith(word) or any(i.startswith(word) for i in ids)):
        return 2
    if f" {word} " in f"{text} ":
        return 3
    if f" {word}." in text or (not _is_whole(word) and f" {word}" in text):
        return 4
    return 5 if _may_be_inside(word) and word in text else None
