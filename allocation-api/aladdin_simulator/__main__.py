"""Run the simulator as a process of its own, or check a book.

`python -m aladdin_simulator --port 5100 --scenario default` serves; `python -m aladdin_simulator check BOOK`
tells everything that is wrong with a book.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from aladdin_simulator.app import Simulator
from aladdin_simulator.files.book_source import BookFiles
from aladdin_simulator.files.findings import errors_of
from aladdin_simulator.files.loader import examine
from aladdin_simulator.front.fault_kinds import AnyFault
from aladdin_simulator.front.faults import FaultError, decode_faults
from aladdin_simulator.opening import DeskOptions, open_simulator
from aladdin_simulator.scenarios import DEFAULT_SEED, DESK_ZONE, files_of, todays_close
from aladdin_simulator.server import serve
from aladdin_simulator.universe.generator import SCENARIOS

CLIENT_SECRET = "SIMULATOR_CLIENT_SECRET"  # noqa: S105 - the name of a variable
API_KEY = "SIMULATOR_API_KEY"


def main(arguments: Sequence[str] | None = None, environment: Mapping[str, str] = os.environ) -> int:
    """Serve a book until SIGTERM or SIGINT.

    Returns
    -------
    int
        The exit status: 2 if an option is invalid, or the book or the faults cannot be loaded; 1 if a book
        that is checked has errors.
    """
    given = sys.argv[1:] if arguments is None else arguments
    try:
        if given[:1] == ["check"]:
            return _check(_check_parser().parse_args(given[1:]))
        options = _parser().parse_args(given)
        simulator = _simulator(options, environment)
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    try:
        serve(simulator, options.host, options.port, _announcer(options))
    except OSError as error:
        sys.stderr.write(f"--port: {options.host}:{options.port} cannot be used: {error.strerror}\n")
        return 2
    return 0


def _check(options: argparse.Namespace) -> int:
    """Tell everything that is wrong with a book, in the words of its start."""
    files = BookFiles(options.book, options.accounts, options.holdings)
    if files == BookFiles():
        raise ValueError("check needs a BOOK, --accounts or --holdings")
    examined = examine(files, todays_close())
    sys.stdout.writelines(f"{found}\n" for found in examined.findings)
    errors = len(errors_of(examined.findings))
    warnings = len(examined.findings) - errors
    sys.stdout.write(f"{_counted(errors, 'error')}, {_counted(warnings, 'warning')}\n")
    return 1 if errors else 0


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _simulator(options: argparse.Namespace, environment: Mapping[str, str]) -> Simulator:
    desk = DeskOptions(
        scenario=options.scenario,
        accounts=options.accounts,
        holdings=options.holdings,
        seed=options.seed,
        fill_seconds=options.fill_seconds,
        business_date=options.business_date,
        zone=options.timezone,
        journal=options.journal,
    )
    simulator = open_simulator(
        desk,
        clients=_clients(options.client_id, options.client_secret or environment.get(CLIENT_SECRET)),
        api_key=options.api_key or environment.get(API_KEY) or None,
        faults=_faults(options.faults) if options.faults else (),
        admin=True,
    )
    sys.stderr.writelines(f"{warning}\n" for warning in simulator.book.warnings)
    return simulator


def _clients(client_id: str | None, secret: str | None) -> dict[str, str] | None:
    if client_id and secret:
        return {client_id: secret}
    if client_id or secret:
        raise ValueError(f"--client-id needs a secret (--client-secret or {CLIENT_SECRET}), and vice versa")
    return None


def _faults(file: Path) -> list[AnyFault]:
    try:
        return decode_faults(file.read_bytes())
    except OSError as error:
        raise ValueError(f"--faults: {file}: {error.strerror}") from error
    except FaultError as error:
        raise FaultError(f"--faults: {file}: {error}") from error


def _announcer(options: argparse.Namespace) -> Callable[[int], None]:
    files = files_of(options.scenario, options.accounts, options.holdings)
    served = options.scenario if files is None else files

    def announce(port: int) -> None:
        sys.stdout.write(f"Aladdin simulator: {served} on http://{options.host}:{port}\n")
        sys.stdout.flush()

    return announce


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError(f"{port} is not between 0 and 65535")
    return port


def _check_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m aladdin_simulator check", description="Tell everything that is wrong with a book."
    )
    parser.add_argument("book", metavar="BOOK", nargs="?", type=Path, help="path of a .json book file")
    _add_files(parser)
    return parser


def _add_files(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--accounts", type=Path, help="CSV file of accounts, beside the book or alone")
    parser.add_argument("--holdings", type=Path, help="CSV file of what the accounts hold")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date like 2026-06-30") from None


def _journal(text: str) -> Path | None:
    return None if text == "memory" else Path(text)


def _zone(text: str) -> str:
    try:
        return ZoneInfo(text).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise argparse.ArgumentTypeError(f"{text!r} is not a time zone like {DESK_ZONE}") from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m aladdin_simulator", description="Serve a simulator of Aladdin's APIs."
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument(
        "--port",
        type=_port,
        default=5100,
        help="port, 0 for any free one (default: %(default)s)",
    )
    parser.add_argument(
        "--scenario",
        default="default",
        help=f"{', '.join(SCENARIOS)}, or the path of a .json book file (default: %(default)s)",
    )
    _add_files(parser)
    parser.add_argument(
        "--seed", type=int, default=DEFAULT_SEED, help="seed of generated data (default: %(default)s)"
    )
    parser.add_argument(
        "--fill-seconds",
        type=float,
        default=0.0,
        help="seconds until an order is filled, up to a week; 0 for never (default: %(default)s)",
    )
    parser.add_argument(
        "--business-date",
        type=_day,
        help="day of a generated desk, like 2026-06-30 (default: today); a book file has its own",
    )
    parser.add_argument(
        "--timezone", type=_zone, default=DESK_ZONE, help="where today is (default: %(default)s)"
    )
    parser.add_argument(
        "--journal",
        type=_journal,
        help="SQLite file that keeps the orders, or memory, until the process ends (default: memory)",
    )
    parser.add_argument("--client-id", help="OAuth2 client id; with it every operation needs a bearer token")
    parser.add_argument(
        "--client-secret", help=f"secret of the client; better in the environment as {CLIENT_SECRET}"
    )
    parser.add_argument(
        "--api-key",
        help=f"required value of the vendor's API-Key header; better in the environment as {API_KEY}"
        " (default: none required)",
    )
    parser.add_argument("--faults", type=Path, help="JSON file with a list of faults, see GET /simulator/")
    return parser


if __name__ == "__main__":
    sys.exit(main())
