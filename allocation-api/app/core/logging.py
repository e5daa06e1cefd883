"""Logs: one JSON object a line on stderr, with the request's id and without secrets."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

SECRETS = frozenset(
    {"password", "token", "access_token", "refresh_token", "authorization", "api_key", "secret"}
)


def configure_logging(level: str) -> None:
    """Make every `structlog.get_logger()` of the process write JSON from `level` on."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            hide_secrets,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=lambda *_: structlog.WriteLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )


def hide_secrets(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:  # noqa: ARG001
    """Replace the values of keys that name a secret, at any depth of mappings."""
    return {key: _hidden(key, value) for key, value in event.items()}


def _hidden(key: str, value: Any) -> Any:
    if key.lower() in SECRETS:
        return "***"
    if isinstance(value, dict):
        return {str(k): _hidden(str(k), v) for k, v in value.items()}
    return value
