"""Settings of the HTTP server."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from app.core.config.aladdin import AladdinSettings
from app.core.config.reader import API_DIR, Environment, Reader

DEVELOPMENT_ORIGINS = ",".join(f"http://localhost:{port}" for port in (5173, 3000, 8080))
"""Where the development servers of browser clients usually run."""

YEAR_SECONDS = 31_536_000

WORKBENCH_BUILD = API_DIR.parent / "workbench" / "dist"
"""Where `make workbench` puts it."""


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """Deadlines and bounds of one serving process, so that no client holds what others need.

    `body_seconds` and `answer_seconds` grow by a second for every so many bytes that move (see
    `app.server.channel`), so that a slow line is served and a client that stands still is not.
    """

    header_seconds: int
    body_seconds: int
    answer_seconds: int
    idle_seconds: int
    max_connections: int
    max_body_bytes: int


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """Address, processes, threads, limits, proxies, browser origins and log level of the HTTP server.

    `workbench` is the folder with its build, None where it is not wanted or not built.
    """

    host: str
    port: int
    threads: int
    workers: int
    connections: ConnectionLimits
    trusted_hosts: tuple[str, ...]
    proxy_hops: int
    path_prefix: str
    hsts_seconds: int
    docs: bool
    workbench: Path | None
    log_level: str
    cors_origins: tuple[str, ...]


def server_settings(read: Reader, environment: Environment, aladdin: AladdinSettings) -> ServerSettings:
    """Read the section; by default a development server listens on the loopback address only."""
    is_development = environment is Environment.DEVELOPMENT
    return ServerSettings(
        host=read.text("HOST", "127.0.0.1" if is_development else "0.0.0.0"),  # noqa: S104
        port=read.integer("PORT", 5000, 0, 65535),
        threads=read.integer("THREADS", 8, 1, 256),
        workers=_workers(read, aladdin),
        connections=_connections(read),
        trusted_hosts=_hosts(read),
        proxy_hops=read.integer("PROXY_HOPS", 0, 0, 10),
        path_prefix=_prefix(read),
        hsts_seconds=read.integer("HSTS_SECONDS", YEAR_SECONDS, 0, 2 * YEAR_SECONDS),
        docs=read.flag("DOCS", default=is_development),
        workbench=_workbench(read),
        log_level=read.choice("LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), "INFO"),
        cors_origins=_origins(read, is_development=is_development),
    )


def _workers(read: Reader, aladdin: AladdinSettings) -> int:
    workers = read.integer("WORKERS", 1, 1, 64)
    if workers > 1 and aladdin.mock:
        read.fail(
            "WORKERS must be 1 with MOCK_ALADDIN_DATA, because the simulator keeps batches of orders in one "
            "process's memory. For more processes, start a separate simulator (make simulator)"
        )
    return workers


def _connections(read: Reader) -> ConnectionLimits:
    return ConnectionLimits(
        header_seconds=read.integer("HEADER_SECONDS", 10, 1, 600),
        body_seconds=read.integer("BODY_SECONDS", 20, 1, 600),
        answer_seconds=read.integer("ANSWER_SECONDS", 30, 1, 3600),
        idle_seconds=read.integer("IDLE_SECONDS", 75, 1, 3600),
        max_connections=read.integer("MAX_CONNECTIONS", 1000, 10, 100_000),
        max_body_bytes=read.integer("MAX_BODY_BYTES", 4_000_000, 1_000, 100_000_000),
    )


def _workbench(read: Reader) -> Path | None:
    wanted = read.flag("WORKBENCH", default=True)
    return WORKBENCH_BUILD if wanted and (WORKBENCH_BUILD / "index.html").is_file() else None


def _hosts(read: Reader) -> tuple[str, ...]:
    hosts = _listed(read.text("TRUSTED_HOSTS", ""))
    for host in hosts:
        if not re.fullmatch(r"\.?[a-z0-9-]+(\.[a-z0-9-]+)*", host):
            read.fail(
                "TRUSTED_HOSTS must be names or IPv4 addresses without a port, like api.example.com, or like "
                f".example.com with all below it, not {host!r}"
            )
    return hosts


def _prefix(read: Reader) -> str:
    prefix = read.text("PATH_PREFIX", "").rstrip("/")
    if not re.fullmatch(r"(/[A-Za-z0-9._~-]+)*", prefix):
        read.fail(f"PATH_PREFIX must be a path like /allocator, not {prefix!r}")
    return prefix


def _origins(read: Reader, *, is_development: bool) -> tuple[str, ...]:
    origins = _listed(read.text("CORS_ORIGINS", DEVELOPMENT_ORIGINS if is_development else ""))
    for origin in origins:
        if not re.fullmatch(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?", origin):
            read.fail(
                f"CORS_ORIGINS must be origins like https://desk.example.com, without a path, not {origin!r}"
            )
    return origins


def _listed(text: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in text.split(",") if each.strip())
