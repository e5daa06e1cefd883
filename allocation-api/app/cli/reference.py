"""Reference data as files: `python -m app reference export | check | load | fetch DIR`, and `words`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from functools import wraps
from pathlib import Path
from typing import Any

import click

from app.cli.kit.refusals import REFUSED, present_database, refusals
from app.core.clock import utc_now
from app.core.config import SettingsError, load_settings
from app.core.database import Database, new_id
from app.services.accounts.reference_columns import unknown
from app.services.accounts.reference_fetch import fetched
from app.services.accounts.reference_files import FORMATS, NONE, InvalidReference, written_file
from app.services.accounts.reference_load import LoadRequest, ReferenceService
from app.services.accounts.reference_report import LoadReport
from app.services.accounts.reference_tables import stored_sheets
from app.services.audit.trail import AuditService
from app.services.compliance import words
from app.services.domain.caller import Caller
from app.utils.text import unseen_character
from app.utils.words import counted

FOLDER = click.Path(file_okay=False, path_type=Path)


@click.group()
def command() -> None:
    """Export, check and load the desk's reference data as CSV files in a folder.

    The files are groups, accounts, restrictions, benchmarks, securities and limits; docs/reference-data.md
    describes them.
    """


def _spoken(work: Callable[..., None]) -> Callable[..., None]:
    """Say in a line each what is wrong, and exit with status 1."""

    @wraps(work)
    def run(**given: Any) -> None:
        with refusals("use the reference data"):
            try:
                work(**given)
            except InvalidReference as error:
                lines = [found.text for found in error.found]
                click.echo(
                    "\n".join([*lines, f"{counted(len(lines), 'error')}; nothing was changed"]), err=True
                )
                sys.exit(REFUSED)

    return run


def _database() -> AbstractContextManager[Database]:
    return present_database(load_settings().database_url)


def _service(database: Database) -> ReferenceService:
    return ReferenceService(database, AuditService(database, utc_now))


@command.command()
@click.argument("folder", type=FOLDER)
@click.option("--excel", is_flag=True, help="Begin each file with a byte order mark, which Excel needs.")
@click.option("--force", is_flag=True, help="Replace files that are there.")
@_spoken
def export(folder: Path, excel: bool, force: bool) -> None:  # noqa: FBT001 - click passes options by name
    """Write what is stored into FOLDER, a file for each kind of data."""
    with _database() as database:
        service = _service(database)
        _write(folder, {name: service.export(name, bom=excel) for name in FORMATS}, force=force)


@command.command()
@click.argument("folder", type=FOLDER)
@click.option("--remove", is_flag=True, help="Check as if rows that a file does not have were removed.")
@_spoken
def check(folder: Path, remove: bool) -> None:  # noqa: FBT001 - click passes options by name
    """Say everything that is wrong in FOLDER, and what loading it would change; store nothing."""
    with _database() as database:
        request = LoadRequest(_read(folder), remove=remove, dry_run=True)
        _print(_service(database).load(request, _operator("")), done="would be")


@command.command()
@click.argument("folder", type=FOLDER)
@click.option("--user", required=True, help="Who changes it, for the audit trail.")
@click.option("--comment", required=True, help="Why, for the audit trail.")
@click.option("--remove", is_flag=True, help="Remove stored rows that a file does not have.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and store nothing.")
@_spoken
def load(folder: Path, user: str, comment: str, remove: bool, dry_run: bool) -> None:  # noqa: FBT001
    """Store the files of FOLDER in one transaction, or none of them where anything is wrong."""
    if unseen := unseen_character(f"{user}{comment}"):
        raise click.UsageError(f"The character {unseen} is not allowed: it does not show, or moves others.")
    with _database() as database:
        request = LoadRequest(_read(folder), comment, remove=remove, dry_run=dry_run)
        report = _service(database).load(request, _operator(user))
    _print(report, done="would be" if dry_run else "are")
    if report.audit_id is not None:
        click.echo(f"Stored and recorded: {report.audit_id}")


@command.command()
@click.argument("folder", type=FOLDER)
@click.argument("groups", nargs=-1)
@click.option("--force", is_flag=True, help="Replace files that are there.")
@_spoken
def fetch(folder: Path, groups: tuple[str, ...], force: bool) -> None:  # noqa: FBT001
    """Write what is stored into FOLDER, completed by what Aladdin knows of GROUPS.

    Without GROUPS those of ALADDIN_GROUPS. Names, restrictions, benchmarks, cash reserves and limits are not
    among it: state them in the files before you load them.
    """
    from app.wiring.aladdin import aladdin_of, vendor_of  # noqa: PLC0415 - others need no Aladdin

    settings = load_settings()
    with _database() as database:
        with database.read() as session:
            stored = stored_sheets(session)
        asked = groups or settings.aladdin.groups or tuple(str(key[0]) for key in stored["groups"])
        book = aladdin_of(settings, vendor_of(settings, utc_now, None), utc_now).book
        found = fetched(book, asked, stored)
    _write(folder, {n: written_file(FORMATS[n], found.sheets[n]) for n in FORMATS}, force=force)
    for note in found.notes:
        click.echo(note)


@command.command("words")
def words_command() -> None:
    """List the restrictions, sectors and limits that the rules know, and the columns of the files."""
    lines = ["Restrictions"]
    lines += [f"  {code}: {meaning}" for code, meaning in words.RESTRICTIONS.items()]
    lines += [f"  {NONE}: Says of an account that it has none of these; without a row it gets nothing."]
    lines += ["Limits, as fractions from 0 to 1"]
    lines += [
        f"  {x.code} ({', '.join(x.scopes)}; default {x.default:f}): {x.meaning}"
        for x in words.LIMITS.values()
    ]
    lines += ["Sectors; upper and lower case, blanks and dashes do not matter"]
    lines += [
        f"  {sector}" + (f" ({about})" if (about := words.about_sector(sector)) else "")
        for sector in words.SECTORS
    ]
    lines += ["Files"]
    for found in FORMATS.values():
        lines += [f"  {found.name}.csv: {found.meaning}"]
        lines += [f"    {column.name}: {column.meaning}" for column in found.columns]
    click.echo("\n".join(lines))


def _operator(user: str) -> Caller:
    """Return who is at the command line: they have the database, so no permission is asked for."""
    return Caller(user_id="command", username=user, permissions=frozenset(), request_id=f"command-{new_id()}")


def _read(folder: Path) -> dict[str, bytes]:
    """Return the files of a folder by name; a CSV file of another name is an error, not ignored."""
    if not folder.is_dir():
        raise SettingsError(f"there is no folder {folder}")
    files = sorted(folder.glob("*.csv"))
    for file in files:
        if file.stem not in FORMATS:
            raise SettingsError(f"{file}: {unknown('file', file.stem, FORMATS)}")
    if not files:
        raise SettingsError(f"{folder} has none of {', '.join(f'{name}.csv' for name in FORMATS)}")
    return {file.stem: file.read_bytes() for file in files}


def _write(folder: Path, files: Mapping[str, Iterator[str]], *, force: bool) -> None:
    there = [name for name in files if (folder / f"{name}.csv").exists()]
    if there and not force:
        raise SettingsError(f"{folder} has {there[0]}.csv already. Name another folder, or add --force")
    folder.mkdir(parents=True, exist_ok=True)
    for name, lines in files.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            rows = sum(1 for line in lines if file.write(line)) - 1
        click.echo(f"{folder / name}.csv: {counted(rows, 'row')}")


def _print(report: LoadReport, *, done: str) -> None:
    for file in report.files:
        click.echo(
            f"{file.file}.csv: {counted(file.rows, 'row')}, of which {file.added:,} {done} added, "
            f"{file.changed:,} {done} changed; {file.removed:,} {done} removed, "
            f"{file.not_in_file:,} not in the file stay"
        )
        for change in file.first_changes:
            click.echo(f"  {change.text}")
        if more := len(file.changes) - len(file.first_changes):
            click.echo(f"  and {counted(more, 'more change')}")
    for warning in report.warnings:
        click.echo(f"warning: {warning.text}", err=True)
    if not report.is_change:
        click.echo("Nothing to change: all is as stored")
