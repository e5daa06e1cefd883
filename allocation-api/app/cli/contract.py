"""Prints the OpenAPI contract: `python -m app contract > ../api-schema-contract.txt`."""

from __future__ import annotations

from typing import Any

import click
import yaml

from app.api.kit.openapi import build_openapi
from app.api.namespaces import AT_ROOT, VERSIONED

HEADER = """\
# The contract with every client: an OpenAPI 3.0 document, made from the declared operations.
# `make contract` renews it; the tests fail when it and the service differ. Fields, parameters and operations
# beyond the product's original contract carry `x-addition: true`; enum values are listed in `x-added-values`.
"""


class _Plain(yaml.SafeDumper):
    """YAML without anchors and aliases, so that every part can be read by itself."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True


def contract_text() -> str:
    """Return the text of the contract file."""
    document = yaml.dump(
        build_openapi(VERSIONED, AT_ROOT), Dumper=_Plain, sort_keys=False, allow_unicode=True, width=110
    )
    return HEADER + document


@click.command()
def command() -> None:
    """Print the OpenAPI contract."""
    click.echo(contract_text(), nl=False)
