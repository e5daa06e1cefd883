"""Verifies the audit trail of the database in the settings: `python -m app.cli.audit`.

Exit status: 0 when the trail is whole, 1 when it is not, 2 when it could not be verified.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import date

import msgspec
from sqlalchemy.exc import SQLAlchemyError

from app.core.config import SettingsError, load_settings
from app.core.database import Database
from app.core.errors import InvalidRequest
from app.services.audit.verification import Span, Verification, parse_anchor, verify

WHOLE, BROKEN, NOT_VERIFIED = 0, 1, 2

PROGRESS = 100_000
"""Records after which progress is told."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Verify, print what was found, and return the exit status."""
    given = _parser().parse_args(arguments)
    try:
        anchor = parse_anchor(given.anchor) if given.anchor else None
        span = Span(given.date_from, given.date_to, anchor)
        database = Database(load_settings().database_url)
        with database.read() as session:
            found = verify(session, span, None if given.json else _tell)
        database.close()
    except (InvalidRequest, SettingsError, SQLAlchemyError) as error:
        print(f"Cannot verify: {str(error).splitlines()[0]}", file=sys.stderr)  # noqa: T201
        return NOT_VERIFIED
    print(_json(found) if given.json else _text(found))  # noqa: T201
    return WHOLE if found.whole else BROKEN


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m app.cli.audit",
        description="Find audit records that were changed, removed, inserted or moved.",
        epilog="Exit status: 0 whole, 1 broken, 2 not verified.",
    )
    parser.add_argument("--date-from", type=date.fromisoformat, metavar="DAY", help="from this UTC day on")
    parser.add_argument("--date-to", type=date.fromisoformat, metavar="DAY", help="up to this UTC day")
    parser.add_argument("--anchor", help="an anchor of an earlier verification, which the chain must contain")
    parser.add_argument("--json", action="store_true", help="print JSON, as GET audit/verify answers")
    return parser


def _tell(records: int) -> None:
    if records % PROGRESS == 0:
        print(f"{records:,} records ...", file=sys.stderr, flush=True)  # noqa: T201


def _json(found: Verification) -> str:
    anchor = msgspec.to_builtins(found.anchor) | {"text": found.anchor.text} if found.anchor else None
    document = {"whole": found.whole, **msgspec.to_builtins(found), "anchor": anchor}
    return msgspec.json.format(msgspec.json.encode(document)).decode()


def _text(found: Verification) -> str:
    lines = [f"{'whole' if found.whole else 'BROKEN'}: {found.records:,} records on {found.days:,} days"]
    for broken in found.breaks:
        place = broken.day if broken.sequence is None else f"{broken.day} {broken.sequence}"
        lines.append(f"{broken.damage} {place} {broken.audit_id or '-'}: {broken.message}")
    if found.break_count > len(found.breaks):
        lines.append(f"and {found.break_count - len(found.breaks):,} more breaks")
    lines.append(f"anchor: {found.anchor.text if found.anchor else 'none, there are no records'}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
