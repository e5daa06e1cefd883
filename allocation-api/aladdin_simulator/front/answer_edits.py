"""Edits of the vendor's answers by faults; all else in an answer stays the same, byte for byte."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from http import HTTPStatus
from typing import TypeVar

import msgspec
from msgspec import Raw
from werkzeug.wrappers import Response

from aladdin_simulator.wire import operations as names
from aladdin_simulator.wire.messages import ENCODER, Fault

T = TypeVar("T")

_NO_ORDERS_STATUS = "0 not found, 0 hidden by permissions"
EMPTY: Mapping[str, bytes] = {
    names.GET_MEMBERS: b'{"nodes":[]}',
    names.GET_PARENTS: b'{"nodes":[]}',
    names.GET_ANCESTORS: b'{"nodes":[]}',
    names.GET_POSITIONS: b"[]",
    names.GET_MASTER: b'{"assetByAssetId":{},"errors":{}}',
    names.GET_RATINGS: b'{"ratingsByAssetId":{},"errors":{}}',
    names.GET_ANALYTICS: b'{"riskByAssetId":{},"errors":{}}',
    names.GET_COUPONS: b'{"couponDataByAssetId":{},"errors":{}}',
    names.GET_FACTORS: b'{"factorDataByAssetId":{},"errors":{}}',
    names.FILTER_ACCOUNT_INFOS: b'{"accountInfos":[]}',
    names.SEARCH_ACCOUNT_INFOS: b'{"accountInfos":[]}',
    names.POST_ORDER: b'{"results":[]}',
    names.CANCEL_ORDER: b'{"results":[]}',
    names.FILTER_ORDERS: ENCODER.encode({"orders": [], "status": _NO_ORDERS_STATUS}),
    names.FILTER_ORDER_IDS: ENCODER.encode({"orderIds": [], "status": _NO_ORDERS_STATUS}),
}
"""Empty answers of the operations whose answers have a list or a map."""

_MAPS = msgspec.json.Decoder(dict[str, dict[str, Raw]])
_ROWS = msgspec.json.Decoder(list[dict[str, Raw]])
_ASSET = msgspec.json.Decoder(dict[str, Raw])
_CURRENCIES = msgspec.json.Decoder(dict[str, dict[str, Raw]])
_DATE = msgspec.json.Decoder(date)


def streamed(response: Response, pieces: Callable[[bytes], Iterable[bytes]]) -> Response:
    """Send the body in `pieces`, with the Content-Length of the whole body."""
    body = response.get_data()
    response.response = pieces(body)
    response.headers["Content-Length"] = str(len(body))
    return response


def without_ids(response: Response, ids: frozenset[str]) -> Response:
    """Remove ids from all maps of an answer."""

    def edit(maps: dict[str, dict[str, Raw]]) -> dict[str, dict[str, Raw]]:
        return {
            name: {key: each for key, each in found.items() if key not in ids} for name, found in maps.items()
        }

    return _edited(response, _MAPS, edit)


def failed_ids(response: Response, ids: frozenset[str], fault: Fault) -> Response:
    """Move ids from the map of results into the map `errors`."""

    def edit(maps: dict[str, dict[str, Raw]]) -> dict[str, dict[str, Raw]]:
        errors = maps.get("errors", {})
        for name, found in maps.items():
            if name != "errors":
                for each in ids & found.keys():
                    del found[each]
                    errors[each] = Raw(ENCODER.encode(fault))
        return maps | {"errors": errors}

    return _edited(response, _MAPS, edit)


def older_positions(response: Response, days: int) -> Response:
    """Move `referenceDate` of all rows back."""
    return _edited(response, _ROWS, lambda rows: [_older(row, "referenceDate", days) for row in rows])


def older_risk(response: Response, days: int) -> Response:
    """Move `riskDate` of all assets back, in every currency."""

    def edit_asset(raw: Raw) -> Raw:
        asset = _ASSET.decode(raw)
        currencies = _CURRENCIES.decode(asset["riskByCurrency"])
        older = {currency: _older(risk, "riskDate", days) for currency, risk in currencies.items()}
        return Raw(ENCODER.encode(asset | {"riskByCurrency": Raw(ENCODER.encode(older))}))

    def edit(maps: dict[str, dict[str, Raw]]) -> dict[str, dict[str, Raw]]:
        found = maps.get("riskByAssetId", {})
        return maps | {"riskByAssetId": {key: edit_asset(raw) for key, raw in found.items()}}

    return _edited(response, _MAPS, edit)


def _edited(response: Response, decoder: msgspec.json.Decoder[T], edit: Callable[[T], object]) -> Response:
    """Edit the content of a valid answer; one that another fault has broken is left as it is."""
    if response.status_code != HTTPStatus.OK:
        return response
    try:
        content = decoder.decode(response.get_data())
    except (msgspec.DecodeError, UnicodeDecodeError):
        return response
    response.set_data(ENCODER.encode(edit(content)))
    return response


def _older(fields: dict[str, Raw], name: str, days: int) -> dict[str, Raw]:
    if name not in fields:
        return fields
    moved = _DATE.decode(fields[name]) - timedelta(days=days)
    return fields | {name: Raw(ENCODER.encode(moved))}
