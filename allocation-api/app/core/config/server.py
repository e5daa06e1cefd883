"""Settings of the HTTP server."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.config.aladdin import AladdinSettings
from app.core.config.reader import Environment, Reader, SettingsError


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """Address, processes, threads, limit on bodies and log level of the HTTP server."""

    host: str
    port: int
    threads: int
    workers: int
    max_body_bytes: int
    log_level: str


def server_settings(read: Reader, environment: Environment, aladdin: AladdinSettings) -> ServerSettings:
    """Read the section; by default a development server listens on the loopback address only."""
    return ServerSettings(
        host=read.text("HOST", "127.0.0.1" if environment is Environment.DEVELOPMENT else "0.0.0.0"),  # noqa: S104
        port=read.integer("PORT", 5000, 0, 65535),
        threads=read.integer("THREADS", 8, 1, 256),
        workers=_workers(read, aladdin),
        max_body_bytes=read.integer("MAX_BODY_BYTES", 1_000_000, 1_000, 100_000_000),
        log_level=read.choice("LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), "INFO"),
    )


def _workers(read: Reader, aladdin: AladdinSettings) -> int:
    workers = read.integer("WORKERS", 1, 1, 64)
    if workers > 1 and aladdin.mock:
        raise SettingsError(
            "WORKERS must be 1 with MOCK_ALADDIN_DATA, because the simulator keeps batches of orders in one "
            "process's memory. For more processes, start a separate simulator (make simulator)"
        )
    return workers
