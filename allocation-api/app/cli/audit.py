"""Verifies the audit trail of the database in the settings: `python -m app.cli.audit`.

Exit status: 0 if the trail is whole, 1 if it is broken, 2 if it could not be verified.
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
from app.core.migrate import require_head
from app.services.audit.breaks import Break
from app.services.audit.verification import Span, Verification, parse_anchor, verify
from app.utils.words import counted

WHOLE, BROKEN, NOT_VERIFIED = 0, 1, 2

PROGRESS_ROWS = 100_000
"""Records between two lines of progress."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Verify the audit trail, print the result, and return the exit status."""
    given = _parser().parse_args(arguments)
    try:
        anchor = parse_anchor(given.anchor) if given.anchor else None
        span = Span(given.date_from, given.date_to, anchor)
        database = Database(load_settings().database_url)
        require_head(database)
        with database.read() as session:
            found = verify(session, span, None if given.json else _print_progress)
        database.close()
    except (InvalidRequest, SettingsError, SQLAlchemyError) as error:
        print(f"Cannot verify the audit trail: {str(error).splitlines()[0]}", file=sys.stderr)  # noqa: T201
        return NOT_VERIFIED
    print(_json(found) if given.json else _text(found))  # noqa: T201
    return WHOLE if found.whole else BROKEN


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m app.cli.audit",
        description="Verify the audit trail and the rows that it records: find what was changed, removed, "
        "inserted or moved.",
        epilog="Exit status: 0 if the trail is whole, 1 if it is broken, 2 if it could not be verified.",
    )
    parser.add_argument(
        "--date-from", type=date.fromisoformat, metavar="DAY", help="first UTC day, like 2026-06-30"
    )
    parser.add_argument("--date-to", type=date.fromisoformat, metavar="DAY", help="last UTC day")
    parser.add_argument("--anchor", help="anchor of an earlier verification; the chain must still contain it")
    parser.add_argument("--json", action="store_true", help="print JSON, as GET /v1/audit/verify returns it")
    return parser


def _print_progress(records: int) -> None:
    if records % PROGRESS_ROWS == 0:
        print(f"{counted(records, 'record')} verified ...", file=sys.stderr, flush=True)  # noqa: T201


def _json(found: Verification) -> str:
    anchor = msgspec.to_builtins(found.anchor) | {"text": found.anchor.text} if found.anchor else None
    document = {"whole": found.whole, **msgspec.to_builtins(found), "anchor": anchor}
    return msgspec.json.format(msgspec.json.encode(document)).decode()


def _text(found: Verification) -> str:
    seen = f"{counted(found.records, 'record')} on {counted(found.days, 'day')}"
    rows = f"{counted(found.rows, 'row')}, of {found.rows_unrecorded:,} of them no record"
    lines = [f"{'whole' if found.whole else 'BROKEN'}: {seen}; {rows}"]
    lines += [_line(broken) for broken in found.breaks]
    if found.break_count > len(found.breaks):
        lines.append(f"and {counted(found.break_count - len(found.breaks), 'more break')}")
    lines.append(f"anchor: {found.anchor.text if found.anchor else 'none, because there are no records'}")
    return "\n".join(lines)


def _line(broken: Break) -> str:
    place = " ".join(str(part) for part in (broken.day, broken.sequence) if part is not None)
    line = f"{broken.damage} {place or '-'} {broken.audit_id or '-'}: {broken.message}"
    if broken.key is not None:
        line += f" [{', '.join(f'{name}={value}' for name, value in broken.key.items())}]"
    if broken.column is not None:
        line += f": recorded {broken.recorded!r}, found {broken.found!r}"
    return line


if __name__ == "__main__":
    sys.exit(main())
