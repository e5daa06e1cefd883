"""Commands of the service: `python -m app COMMAND`; `python -m app --help` lists them."""

from __future__ import annotations

import os
from importlib import import_module

import click

# Before numpy is loaded, as in run.py.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

COMMANDS = {
    "allocate": "Preview the orders of FILE, CSV or XLSX, and commit them where that is asked for.",
    "audit": "Verify the audit trail and the rows that it records.",
    "backup": "Copy the embedded database to FILE while it is in use.",
    "contract": "Print the OpenAPI contract.",
    "emergency-stop": "Show, set or reset the emergency stop of trading.",
    "fairness": "Recompute the fairness ledger from orders and fills.",
    "limits": "Record the compliance limits of the database in the audit trail.",
    "migrate": "Bring the schema of the database up to date.",
    "reference": "Export, check and load the desk's reference data as CSV files in a folder.",
    "permissions": "Print which permission each operation needs, and which role has it.",
    "reset": "Delete the embedded database and the mock desk's journals.",
    "restore": "Put the copy FILE in the place of the embedded database.",
    "settings": "Print every setting with its kind, bounds, default and meaning.",
    "users": "Add, show and change users.",
}
"""Commands with their help; the command of a name is `command` in `app.cli.<name>`."""


class Commands(click.Group):
    """Group of commands that imports a command only when it is run: most need no numerical library."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the names of all commands."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Return a command by its name; None if there is none."""
        if cmd_name not in COMMANDS:
            return None
        found: click.Command = import_module(f"app.cli.{cmd_name.replace('-', '_')}").command
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the list of commands from their help alone."""
        with formatter.section("Commands"):
            formatter.write_dl(sorted(COMMANDS.items()))


@click.group(cls=Commands, help="Commands of the Allocator. They use the database in the settings.")
def main() -> None:
    """Run one command."""


if __name__ == "__main__":
    main(prog_name="python -m app")
