"""The methods that a path says it has are those of the contract, also where an id could be in its place."""

from __future__ import annotations

import re

from tests.contract.validation import load_contract

METHODS = {"get", "post", "put", "patch", "delete"}


def test_options_are_those_of_the_contract(desk):
    contract = load_contract()
    found, expected = {}, {}
    for path, item in contract["paths"].items():
        servers = item.get("servers", contract["servers"])
        url = servers[0]["url"].rstrip("/") + re.sub(r"\{\w+\}", "some-id", path)
        allowed = {name.strip() for name in desk.client.options(url).headers["Allow"].split(",")}
        found[path] = allowed - {"OPTIONS", "HEAD"}
        expected[path] = {method.upper() for method in METHODS & item.keys()}
    assert found == expected
