"""Every answer of the simulator keeps the vendor's published descriptions; unknown keys are refused.

The descriptions are not part of this repository: without them the tests that need them are skipped.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path

import httpx
import pytest
from jsonschema import ValidationError

from aladdin_simulator import SimulatorBook, load_book
from tests.contract.published import Published, client_of, needs_descriptions
from tests.unit.simulator.vendor import (
    ACCOUNT_INFO,
    ASSETS,
    CLOSE,
    COUPONS,
    FACTORS,
    GOLDEN,
    GROUPS,
    HEADERS,
    MASTER,
    ORDERS,
    POSITION,
    RATINGS,
    TREASURY,
    order_body,
    small_book,
)


@pytest.fixture(scope="module")
def published() -> Published:
    return Published()


@pytest.fixture(scope="module")
def default_book() -> SimulatorBook:
    return load_book("default", as_of=CLOSE)


def every_read(book: SimulatorBook) -> list[tuple[str, dict[str, str]]]:
    """One read of each kind, over every bond and every group of a book."""
    ids = ",".join([*book.bond_by_cusip, "NOTHING"])
    isins = ",".join(bond.isin for bond in book.securities)
    reads = [
        (MASTER, {"assetId": ids, "assetIdType": "CUSIP"}),
        (MASTER, {"assetId": isins, "assetIdType": "ISIN"}),
        (RATINGS, {"assetId": ids}),
        (COUPONS, {"assetId": ids}),
        (FACTORS, {"assetId": ids}),
        (f"{ACCOUNT_INFO}/accountInfos:search", {"search": "service"}),
        (f"{ACCOUNT_INFO}/accountInfos:search", {"search": "nobody"}),
        (ASSETS, {"assetId": ids, "riskHierarchy": "RISK", "riskDate": book.as_of.isoformat()}),
        (POSITION, {"portGroup": book.accounts[-1].account_id, "posType": "EOD"}),
    ]
    for ticker in (*(group.group_id for group in book.groups), book.accounts[0].account_id):
        reads += [(f"{GROUPS}/{ticker}/{what}", {}) for what in ("node", "members", "parents", "ancestors")]
        reads += [
            (f"{GROUPS}/{ticker}/{relation}/{book.groups[0].group_id}", {})
            for relation in ("isChildOf", "isParentOf", "isDescendantOf", "isAncestorOf")
        ]
    return reads


REFUSED = [
    (GROUPS + "/NOBODY/node", {}, 404),
    (GROUPS + "/NOBODY/members", {}, 404),
    (GROUPS + "/NOBODY/parents", {}, 404),
    (GROUPS + "/NOBODY/ancestors", {}, 404),
    (GROUPS + "/NOBODY/isChildOf/TOP", {}, 404),
    (GROUPS + "/NOBODY/isParentOf/TOP", {}, 404),
    (GROUPS + "/NOBODY/isDescendantOf/TOP", {}, 404),
    (GROUPS + "/NOBODY/isAncestorOf/TOP", {}, 404),
    (ORDERS + "/longrunningoperations/operations%2F1", {}, 404),
    (ACCOUNT_INFO + "/accountInfos:search", {"search": "a"}, 400),
    (COUPONS, {}, 400),
    (FACTORS, {}, 400),
    (POSITION, {"portGroup": "NOBODY", "posType": "SOD"}, 404),
    (POSITION, {"portGroup": "ALPHA"}, 400),
    (MASTER, {"assetId": "1", "assetIdType": "TICKER"}, 400),
    (RATINGS, {}, 400),
    (ASSETS, {"assetId": "1", "riskDate": "today"}, 400),
]


@needs_descriptions
def test_reads_of_the_generated_book(published, default_book):
    with client_of(default_book) as client:
        for path, query in every_read(default_book):
            answer = client.get(path, params=query)
            assert answer.status_code == 200
            published.check(answer)


@needs_descriptions
def test_reads_of_a_book_file_with_numbers_missing(published, tmp_path):
    book = small_book(tmp_path)
    with client_of(book) as client:
        for path, query in every_read(book):
            published.check(client.get(path, params=query))


@needs_descriptions
@pytest.mark.parametrize(("path", "query", "status"), REFUSED)
def test_refusals(published, tmp_path, path, query, status):
    with client_of(small_book(tmp_path)) as client:
        answer = client.get(path, params=query)
        assert answer.status_code == status
        published.check(answer)
        bare = client.get(path, params=query, headers={"VND.com.blackrock.Request-ID": ""})
        assert bare.status_code == 400


@needs_descriptions
def test_every_published_operation_is_served_but_the_three_that_write_groups(published, tmp_path):
    """An operation that the simulator does not know answers 404 or 405 whatever it is asked for."""
    missing = set()
    with client_of(small_book(tmp_path)) as client:
        for document in published.documents:
            base = httpx.URL(document["servers"][0]["url"]).path.rstrip("/")
            for template, operations in document["paths"].items():
                path = base + re.sub(r"\{[^}]+\}", "TOP", template)
                for method, operation in operations.items():
                    answer = client.request(method, path, headers={"VND.com.blackrock.Request-ID": ""})
                    if answer.json()["code"] != "MISSING_HEADER":
                        missing.add(operation["operationId"])
    assert missing == {
        "PortfolioGroupAPI_AddPortfolioGroupChildren",
        "PortfolioGroupAPI_DelPortfolioGroupChildren",
        "PortfolioGroupAPI_RemovePortfolioGroup",
    }


@needs_descriptions
def test_the_check_refuses_what_is_not_published(published, tmp_path):
    """The checks above can fail: a key too many, a wrong type, a wrong date, a missing key."""
    with client_of(small_book(tmp_path)) as client:
        answer = client.get(MASTER, params={"assetId": TREASURY})
        body = answer.json()
        for spoil in (
            lambda record: record.update(colour="red"),
            lambda record: record.update(couponFix=2.5),
            lambda record: record.update(maturity="31.05.2031"),
            lambda record: record["ratingSet"]["ratingRecord"][0].pop("value"),
        ):
            spoiled = deepcopy(body)
            spoil(spoiled["assetByAssetId"][TREASURY]["BND_GOVT"])
            wrong = httpx.Response(200, json=spoiled, headers=vendor_headers(answer), request=answer.request)
            with pytest.raises(ValidationError):
                published.check(wrong)


def vendor_headers(answer: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name.startswith("vnd.")}


@contextmanager
def golden_process() -> Iterator[str]:
    """Serve the golden book from a process of its own, whose address this is."""
    command = [sys.executable, "-m", "aladdin_simulator", "--port", "0", "--scenario", str(GOLDEN)]
    with subprocess.Popen(  # noqa: S603 - our own module
        command, cwd=Path(__file__).parents[2], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process.stdout.readline().split()[-1]
        finally:
            process.terminate()


@pytest.mark.slow
def test_the_simulator_serves_a_book_file_as_a_process_of_its_own():
    with golden_process() as url:
        query = {"portGroup": "GOLDEN", "posType": "SOD+Trades"}
        answer = httpx.get(url + POSITION, params=query, headers=HEADERS)
        assert {row["portfolioName"] for row in answer.json()} == {"ACC001", "ACC002", "ACC003", "ACC004"}


@pytest.mark.slow
def test_a_process_that_is_started_again_gives_its_orders_other_ids():
    """It has forgotten its orders; a client's record of them stays, under their ids."""
    ids = set()
    for _ in range(2):
        with golden_process() as url:
            body = {"order": order_body()}
            answer = httpx.post(f"{url}{ORDERS}/order:post", json=body, headers=HEADERS)
            ids.add(answer.json()["results"][0]["output"]["order"]["id"])
    assert len(ids) == 2


def test_a_process_without_a_book_says_why_and_ends():
    command = [sys.executable, "-m", "aladdin_simulator", "--scenario", "nothing"]
    done = subprocess.run(  # noqa: S603 - our own module
        command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 2
    assert done.stderr.startswith("unknown scenario 'nothing': use default, high_dispersion")
