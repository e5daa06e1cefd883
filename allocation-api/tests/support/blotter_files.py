"""Blotters as files for the command `allocate`, and its database."""

from __future__ import annotations

import csv
from types import SimpleNamespace

from app.core.clock import utc_now
from app.core.database import Database
from tests.support.desk import CHEAP
from tests.support.users import PASSWORD, add_user

HEADER = "security_id,side,quantity,base_metric,respect_cash"
GOOD = "912828YW4,BUY,4000,EQUAL,false"
OPTIONS = ("--user", "demo_user", "--method", "PRO_RATA", "--group", "GOLDEN", "--quiet")


def written(folder, *rows, name="morning.csv"):
    """The path of a file of these rows."""
    file = folder / name
    file.write_text("\n".join([HEADER, *rows]) + "\n")
    return str(file)


def table(file):
    """The rows of a CSV file."""
    with file.open(newline="") as rows:
        return list(csv.DictReader(rows))


def count(url, name):
    """How many rows a table has."""
    database = Database(url)
    with database.engine.connect() as connection:
        found = connection.exec_driver_sql(f"SELECT COUNT(*) FROM {name}").scalar_one()  # noqa: S608
    database.close()
    return found


def change(url, work):
    """Change a database behind the service's back."""
    database = Database(url)
    database.retried(work)
    database.close()


def add_bert(url):
    """Add a user who may preview for one group: unlike the demo users', nobody renews his rights."""
    database = Database(url)
    desk = SimpleNamespace(database=database, passwords=CHEAP, clock=utc_now)
    add_user(desk, "bert", PASSWORD, permissions=["allocations:preview"], groups=["GOLDEN"])
    database.close()
