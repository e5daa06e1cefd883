"""Run the simulator as a process of its own: `python -m aladdin_simulator --port 5100 --scenario default`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from werkzeug.serving import make_server

from aladdin_simulator.book import BookError
from aladdin_simulator.scenarios import DEFAULT_SEED, load_book
from aladdin_simulator.universe.generator import SCENARIOS
from aladdin_simulator.wire.app import create_simulator


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve a book on a threaded server until interrupted.

    Returns
    -------
    int
        The exit status: 2 if the book cannot be loaded.
    """
    options = _parser().parse_args(arguments)
    try:
        book = load_book(options.scenario, seed=options.seed)
    except BookError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    server = make_server(options.host, options.port, create_simulator(book), threaded=True)
    sys.stdout.write(f"Aladdin simulator: {options.scenario} on http://{options.host}:{server.port}\n")
    sys.stdout.flush()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m aladdin_simulator", description="A simulated Aladdin.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument(
        "--port", type=int, default=5100, help="port, 0 for any free one (default: %(default)s)"
    )
    parser.add_argument(
        "--scenario",
        default="default",
        help=f"{', '.join(SCENARIOS)}, or the path of a .json book file (default: %(default)s)",
    )
    parser.add_argument(
        "--seed", type=int, default=DEFAULT_SEED, help="of generated data (default: %(default)s)"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
