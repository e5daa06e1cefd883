"""Large answers: their tag, 304, gzip, and what none of it touches."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask, Response, request
from flask.testing import FlaskClient

from app.api.kit.delivery import deliver
from app.services.visibility.visibility import EVERYTHING

PREVIEW = "/v1/allocations/preview"
LARGE = "/openapi.json"
SMALL = "/v1/portfolio-groups"
CSV = "/v1/reports/allocation-history.csv"
GZIP = {"Accept-Encoding": "gzip"}


def test_a_large_answer_is_compressed_for_those_who_accept_it(anyone: FlaskClient) -> None:
    plain, packed = anyone.get(LARGE), anyone.get(LARGE, headers=GZIP)
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data) / 4
    assert {plain.headers["Vary"], packed.headers["Vary"]} == {"Accept-Encoding"}


@pytest.mark.parametrize("accepted", ["", "br", "gzip;q=0", "identity", "deflate, br"])
def test_others_get_it_as_it_is(anyone: FlaskClient, accepted: str) -> None:
    assert "Content-Encoding" not in anyone.get(LARGE, headers={"Accept-Encoding": accepted}).headers


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("headers", [{}, GZIP])
def test_what_the_client_has_is_a_304(anyone: FlaskClient, method: str, headers: dict[str, str]) -> None:
    tag = anyone.get(LARGE).headers["ETag"]
    assert tag.startswith('W/"')
    assert anyone.get(LARGE, headers=GZIP).headers["ETag"] == tag
    for known in (tag, f'"other", {tag}', tag.removeprefix("W/"), "*"):
        answer = anyone.open(LARGE, method=method, headers={**headers, "If-None-Match": known})
        assert (answer.status_code, answer.data) == (304, b"")
        assert answer.headers["ETag"] == tag
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert answer.headers["X-Request-ID"]
        assert "Content-Encoding" not in answer.headers
    for other in ('"other"', 'W/"other"', "", "x"):
        assert anyone.open(LARGE, method=method, headers={"If-None-Match": other}).status_code == 200


def test_the_tag_changes_with_the_answer(client: FlaskClient, services: Any) -> None:
    group = services.accounts.groups.get("PUBLICPRE", EVERYTHING)
    tags = set()
    for name in ("a", "b"):
        groups = (replace(group, description=name * 2_000),)
        services.accounts.groups.list = lambda _, groups=groups: groups
        answer = client.get(SMALL)
        assert answer.headers["Cache-Control"] == "private, no-cache"
        tags.add(answer.headers["ETag"])
    assert len(tags) == 2


def test_a_small_answer_is_neither_tagged_nor_compressed(client: FlaskClient) -> None:
    answer = client.get(SMALL, headers=GZIP)
    assert len(answer.data) < 1_400
    assert not {"ETag", "Content-Encoding", "Vary"} & set(answer.headers.keys())
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_refusal_and_a_post_are_left_alone(client: FlaskClient, anyone: FlaskClient) -> None:
    body = {f"field_{number}": number for number in range(200)}
    for answer in (
        client.post(PREVIEW, json=body, headers=GZIP),
        client.get(SMALL, query_string=body, headers=GZIP),
    ):
        assert answer.status_code == 422
        assert len(answer.data) > 1_400
        assert not {"ETag", "Content-Encoding"} & set(answer.headers.keys())
        assert answer.headers["Cache-Control"] == "no-store"


def test_csv_is_compressed_while_it_is_written(client: FlaskClient) -> None:
    plain, packed = client.get(CSV), client.get(CSV, headers=GZIP)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert {plain.headers["Vary"], packed.headers["Vary"]} == {"Accept-Encoding"}
    assert not {"ETag", "Content-Length"} & set(packed.headers.keys())


def test_what_streams_is_closed_with_the_answer() -> None:
    closed = []

    def rows() -> Iterator[bytes]:
        try:
            yield b"x" * 100_000
            yield b"y" * 100_000
        finally:
            closed.append(True)

    app = Flask("streaming", static_folder=None)
    app.add_url_rule("/", view_func=lambda: app.response_class(rows()), endpoint="stream")

    @app.after_request
    def packed(response: Response) -> Response:
        deliver(request, response)
        return response

    with app.test_client().get("/", headers=GZIP, buffered=False) as answer:
        assert next(answer.iter_encoded()).startswith(b"\x1f\x8b")
        assert not closed
    assert closed
