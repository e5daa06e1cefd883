"""Recomputes the fairness ledger of the database in the settings: `python -m app.cli.fairness`.

Exit status: 0 if it agrees with the orders and fills, 1 if it does not, 2 if it could not be read. The audit
trail, `python -m app.cli.audit`, says whether entries are as they were written.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from sqlalchemy.exc import SQLAlchemyError

from app.core.config import SettingsError, load_settings
from app.core.database import Database
from app.core.migrate import require_head
from app.services.audit.balances import wrong_balances
from app.services.fairness.recompute import disagreements, rebuild_balances
from app.utils.words import counted

AGREES, DIFFERS, NOT_READ = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Recompute, print where the ledger differs, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m app.cli.fairness", description=__doc__)
    parser.add_argument(
        "--rebuild", action="store_true", help="first replace every balance by the sum of its entries"
    )
    given = parser.parse_args(arguments)
    try:
        database = Database(load_settings().database_url)
        require_head(database)
        if given.rebuild:
            done = database.retried(rebuild_balances)
            print(f"{counted(done, 'balance')} rebuilt from entries")  # noqa: T201
        lines = _differences(database)
        database.close()
    except (SettingsError, SQLAlchemyError) as error:
        print(f"Cannot recompute the ledger: {str(error).splitlines()[0]}", file=sys.stderr)  # noqa: T201
        return NOT_READ
    print("\n".join(lines) or "The ledger agrees with the orders and fills")  # noqa: T201
    return DIFFERS if lines else AGREES


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


if __name__ == "__main__":
    sys.exit(main())
