"""Settings of the HTTP server."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.core.config.aladdin import AladdinSettings
from app.core.config.reader import Environment, Reader, SettingsError

DEVELOPMENT_ORIGINS = ",".join(
    f"http://{host}:{port}" for port in (5173, 3000, 8080) for host in ("localhost", "127.0.0.1")
)
"""Where the development servers of browser clients usually run; a browser tells these two names apart."""


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """Address, processes, threads, limit on bodies, browser origins and log level of the HTTP server."""

    host: str
    port: int
    threads: int
    workers: int
    max_body_bytes: int
    log_level: str
    cors_origins: tuple[str, ...]


def server_settings(read: Reader, environment: Environment, aladdin: AladdinSettings) -> ServerSettings:
    """Read the section; by default a development server listens on the loopback address only."""
    return ServerSettings(
        host=read.text("HOST", "127.0.0.1" if environment is Environment.DEVELOPMENT else "0.0.0.0"),  # noqa: S104
        port=read.integer("PORT", 5000, 0, 65535),
        threads=read.integer("THREADS", 8, 1, 256),
        workers=_workers(read, aladdin),
        max_body_bytes=read.integer("MAX_BODY_BYTES", 1_000_000, 1_000, 100_000_000),
        log_level=read.choice("LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), "INFO"),
        cors_origins=_origins(read, environment),
    )


def _workers(read: Reader, aladdin: AladdinSettings) -> int:
    workers = read.integer("WORKERS", 1, 1, 64)
    if workers > 1 and aladdin.mock:
        raise SettingsError(
            "WORKERS must be 1 with MOCK_ALADDIN_DATA, because the simulator keeps batches of orders in one "
            "process's memory. For more processes, start a separate simulator (make simulator)"
        )
    return workers


def _origins(read: Reader, environment: Environment) -> tuple[str, ...]:
    given = read.text("CORS_ORIGINS", DEVELOPMENT_ORIGINS if environment is Environment.DEVELOPMENT else "")
    origins = tuple(origin.strip() for origin in given.split(",") if origin.strip())
    for origin in origins:
        if not re.fullmatch(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?", origin):
            raise SettingsError(
                f"CORS_ORIGINS must be origins like https://desk.example.com, without a path, not {origin!r}"
            )
    return origins
