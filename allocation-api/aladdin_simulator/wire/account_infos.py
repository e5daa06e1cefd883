"""Account-info API: the organisations that external order references name by account code."""

from __future__ import annotations

from enum import StrEnum

from aladdin_simulator.wire.messages import ENCODER, Message, bad_request
from aladdin_simulator.wire.paging import page_of

_MIN_SEARCH_CHARACTERS = 2
_MAX_SEARCH_ROWS = 100


class SearchType(StrEnum):
    """Types of search; all search the name."""

    UNSPECIFIED = "ACCOUNT_INFO_SEARCH_TYPE_UNSPECIFIED"
    ACCOUNT_NAME = "ACCOUNT_INFO_SEARCH_TYPE_ACCOUNT_NAME"


class AccountInfo(Message, frozen=True):
    """An organisation; `id` is its account code."""

    id: str
    short_name: str
    full_name: str


class AccountInfoQuery(Message, frozen=True, forbid_unknown_fields=True):
    """Account codes; none means all."""

    ids: list[str] | None = None


class AccountInfoRequest(Message, frozen=True, forbid_unknown_fields=True):
    """The body of `accountInfos:filter`."""

    query: AccountInfoQuery | None = None
    page_size: int = 0
    page_token: str | None = None


class AccountInfoAnswer(Message, frozen=True):
    """One page of organisations."""

    account_infos: list[AccountInfo]
    next_page_token: str | None = None


ACCOUNT_INFOS = (
    AccountInfo(id="12345", short_name="ALLOCSVC", full_name="Allocation Service"),
    AccountInfo(id="20110", short_name="HARBORSEC", full_name="Harborview Securities"),
    AccountInfo(id="20145", short_name="NORTHGATE", full_name="Northgate Capital Markets"),
    AccountInfo(id="20377", short_name="STERLING", full_name="Sterling Oak Custody Services"),
)
"""Invented organisations; the first is the client itself."""


def filtered(request: AccountInfoRequest) -> bytes:
    """Answer `accountInfos:filter`: the organisations with these codes, all if none is named.

    Raises
    ------
    WireFaultError
        400 for a page token that is not ours.
    """
    wanted = frozenset(request.query.ids or ()) if request.query else frozenset()
    found = [info for info in ACCOUNT_INFOS if not wanted or info.id in wanted]
    page, token = page_of(found, request.page_size, request.page_token, len(ACCOUNT_INFOS))
    return ENCODER.encode(AccountInfoAnswer(account_infos=page, next_page_token=token))


def searched(text: str, search_type: str, page_size: int) -> bytes:
    """Answer `accountInfos:search`: the organisations whose names contain a text, on one page.

    Raises
    ------
    WireFaultError
        400 for a text of one character, or an unknown type of search.
    """
    if len(text) < _MIN_SEARCH_CHARACTERS:
        raise bad_request(
            "INVALID_PARAMETER", f"search: {text!r} is under {_MIN_SEARCH_CHARACTERS} characters"
        )
    if search_type not in set(SearchType):
        allowed = ", ".join(SearchType)
        raise bad_request("INVALID_PARAMETER", f"acctInfoSearchType: {search_type!r} is not one of {allowed}")
    wanted = text.casefold()
    found = [info for info in ACCOUNT_INFOS if wanted in f"{info.short_name}\n{info.full_name}".casefold()]
    page, _ = page_of(found, page_size, None, _MAX_SEARCH_ROWS)
    return ENCODER.encode(AccountInfoAnswer(account_infos=page))
