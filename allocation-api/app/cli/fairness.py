"""Recomputes the fairness ledger of the database in the settings: `python -m app fairness`.

Exit status: 0 if it agrees with the orders and fills, 1 if it does not, 2 if it could not be read. The audit
trail, `python -m app audit`, says whether entries are as they were written.
"""

from __future__ import annotations

import sys

import click

from app.cli.kit.refusals import present_database, refusals
from app.core.config import load_settings
from app.core.database import Database
from app.services.audit.balances import wrong_balances
from app.services.fairness.recompute import disagreements, rebuild_balances
from app.utils.words import counted

AGREES, DIFFERS, NOT_READ = 0, 1, 2


@click.command()
@click.option("--rebuild", is_flag=True, help="First replace every balance by the sum of its entries.")
def command(*, rebuild: bool) -> None:
    """Recompute the fairness ledger from orders and fills.

    Exit status: 0 if it agrees with them, 1 if it does not, 2 if it could not be read.
    """
    with (
        refusals("recompute the ledger", NOT_READ),
        present_database(load_settings().database_url) as database,
    ):
        if rebuild:
            done = database.retried(rebuild_balances)
            click.echo(f"{counted(done, 'balance')} rebuilt from entries")
        lines = _differences(database)
    click.echo("\n".join(lines) or "The ledger agrees with the orders and fills")
    sys.exit(DIFFERS if lines else AGREES)


def _differences(database: Database) -> list[str]:
    with database.read() as session:
        orders = [
            f"order {d.order_id}, account {d.account_id}: entered {d.entered.entitled} entitled and "
            f"{d.entered.received} received, recomputed {d.recomputed.entitled} and {d.recomputed.received}"
            for d in disagreements(session)
        ]
        balances = [
            f"{b.message}: {b.key}, entries {b.recorded}, stored {b.found}" for b in wrong_balances(session)
        ]
    return orders + balances
