"""Whether the restrictions of an account are stated: some, NONE, or nothing yet, and then it gets nothing.

The column of an account has a code a line. Empty is from before statements were asked for: such an account
trades as unrestricted, which every check says, until its restrictions are stated.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from app.services.accounts.reference_files import NONE, FileError, Key, ReadFile, Sheet

UNSTATED = "UNSTATED"
"""Stored for an account whose restrictions nobody has stated; no file may say it."""

FROM_BEFORE = "accounts from before"
"""Name of the sheet, of no file, with the accounts that were stored before statements were asked for."""


def stated(column: str) -> tuple[str, ...] | None:
    """Return the restrictions that a stored column states; None where it states nothing, not even NONE."""
    codes = column.splitlines()
    return None if UNSTATED in codes else tuple(code for code in codes if code != NONE)


def column_of_book(restrictions: tuple[str, ...] | None) -> str:
    """Return the column of an account of a simulated book, which states its restrictions as a list."""
    return UNSTATED if restrictions is None else "\n".join(restrictions) or NONE


def column_of(codes: Collection[str], *, is_from_before: bool) -> str:
    """Return the column of an account with these rows in the file of restrictions."""
    if codes:
        return "\n".join(sorted(codes))
    return "" if is_from_before else UNSTATED


def settle_none(sheet: Sheet, file: ReadFile | None) -> Iterator[FileError]:
    """Take a stored NONE out of the merged sheet where the file states restrictions; yield contradictions.

    A file never lifts a stored restriction by NONE: rows that it does not have stay.
    """
    if file is None:
        return
    for key in [key for key in sheet if key[1] == NONE]:
        others = sorted(str(code) for account, code in sheet if account == key[0] and code != NONE)
        if not others:
            continue
        line = file.lines.get(key)
        if line is None:
            del sheet[key]
            continue
        beside = [code for code in others if (key[0], code) in file.lines]
        if beside:
            message = f"NONE of {key[0]} contradicts {', '.join(beside)}."
        else:
            message = (
                f"{', '.join(others)} of {key[0]} is stored, and rows that the file does not have stay. Load "
                "all restrictions, and remove those that the file does not have."
            )
        yield FileError("restrictions", line, "restriction", message)


def unstated(files: Mapping[str, ReadFile], after: Mapping[str, Sheet]) -> Iterator[FileError]:
    """Yield a warning for each account without a stated restriction, where files of accounts are loaded."""
    if not {"accounts", "restrictions"} & files.keys():
        return
    known: set[object] = {key[0] for key in after["restrictions"]}
    before: Mapping[Key, object] = after.get(FROM_BEFORE, {})
    lines = files["accounts"].lines if "accounts" in files else {}
    for key in sorted(after["accounts"], key=lambda key: (lines.get(key, 0), str(key[0]))):
        if key[0] in known:
            continue
        what = (
            "was stored before this was asked for, and trades unrestricted"
            if key in before
            else "gets nothing"
        )
        message = (
            f"{key[0]} {what}: restrictions.csv has no row of it. State each restriction, or {NONE} where "
            "there is none."
        )
        yield FileError("accounts", lines.get(key), "account_id", message)
