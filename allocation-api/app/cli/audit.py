"""Verifies the audit trail of the database in the settings: `python -m app audit`.

Exit status: 0 if the trail is whole, 1 if it is broken, 2 if it could not be verified.
"""

from __future__ import annotations

import sys
from datetime import datetime

import click
import msgspec

from app.cli.kit.refusals import present_database, refusals
from app.core.config import load_settings
from app.services.audit.breaks import Break
from app.services.audit.verification import Span, Verification, parse_anchor, verify
from app.utils.words import counted

WHOLE, BROKEN, NOT_VERIFIED = 0, 1, 2

DAY = click.DateTime(["%Y-%m-%d"])

PROGRESS_ROWS = 100_000
"""Records between two lines of progress."""


@click.command()
@click.option("--date-from", type=DAY, metavar="DAY", help="First UTC day, like 2026-06-30.")
@click.option("--date-to", type=DAY, metavar="DAY", help="Last UTC day.")
@click.option("--anchor", help="Anchor of an earlier verification; the chain must still contain it.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, as GET /v1/audit/verify returns it.")
def command(
    date_from: datetime | None, date_to: datetime | None, anchor: str | None, *, as_json: bool
) -> None:
    """Verify the audit trail and the rows that it records: find what was changed, removed, inserted or moved.

    Exit status: 0 if the trail is whole, 1 if it is broken, 2 if it could not be verified.
    """
    with refusals("verify the audit trail", NOT_VERIFIED):
        span = Span(
            date_from.date() if date_from else None,
            date_to.date() if date_to else None,
            parse_anchor(anchor) if anchor else None,
        )
        with present_database(load_settings().database_url) as database, database.read() as session:
            found = verify(session, span, None if as_json else _print_progress)
    click.echo(_json(found) if as_json else _text(found))
    sys.exit(WHOLE if found.whole else BROKEN)


def _print_progress(records: int) -> None:
    if records % PROGRESS_ROWS == 0:
        click.echo(f"{counted(records, 'record')} verified ...", err=True)


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
