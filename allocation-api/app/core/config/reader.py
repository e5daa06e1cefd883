"""Typed reading of settings from an environment, with errors that name the setting."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

API_DIR = Path(__file__).resolve().parents[3]
MIN_DAY, MAX_DAY = date(1950, 1, 1), date(2150, 12, 31)
"""Business dates for which the holiday calendars cover a year of settlement."""


class SettingsError(ValueError):
    """A setting is missing or invalid; the message names it."""


class Environment(StrEnum):
    """What the service runs for: development takes a secret, the demo user and mock data for granted."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class Reader:
    """Reads and validates typed values from an environment; every method raises `SettingsError`."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = env

    def text(self, name: str, default: str) -> str:
        """Return a text, or the default if it is not set."""
        return self._env.get(name, "").strip() or default

    def optional(self, name: str) -> str | None:
        """Return a text, or None if it is not set."""
        return self._env.get(name, "").strip() or None

    def header(self, name: str) -> str | None:
        """Return a value for an HTTP header, or None if it is not set."""
        value = self.optional(name)
        if value is not None and not (value.isascii() and value.isprintable()):
            raise SettingsError(f"{name} must consist of printable ASCII characters")
        return value

    def name(self, name: str, default: str) -> str:
        """Return an identifier in another system: 1 to 64 printable ASCII characters without blanks."""
        value = self.text(name, default)
        if not re.fullmatch(r"[!-~]{1,64}", value):
            raise SettingsError(f"{name} must consist of 1 to 64 printable ASCII characters without blanks")
        return value

    def integer(self, name: str, default: int, low: int, high: int) -> int:
        """Return a whole number within bounds."""
        raw = self.text(name, str(default))
        try:
            value = int(raw)
        except ValueError:
            raise SettingsError(f"{name} must be a whole number, not {raw!r}") from None
        if not low <= value <= high:
            raise SettingsError(f"{name} must be between {low} and {high}, not {value}")
        return value

    def percent(self, name: str, default: str) -> Decimal:
        """Return a number above 0 and at most 100."""
        raw = self.text(name, default)
        try:
            value = Decimal(raw)
        except InvalidOperation:
            raise SettingsError(f"{name} must be a number, not {raw!r}") from None
        if not (value.is_finite() and 0 < value <= 100):
            raise SettingsError(f"{name} must be above 0 and at most 100, not {raw}")
        return value

    def amount(self, name: str) -> Decimal | None:
        """Return an amount of money above 0, or None if it is not set."""
        raw = self.optional(name)
        try:
            value = Decimal(raw) if raw else None
        except InvalidOperation:
            raise SettingsError(f"{name} must be a number, not {raw!r}") from None
        if value is not None and not (value.is_finite() and value > 0):
            raise SettingsError(f"{name} must be above 0, not {raw}")
        return value

    def url(self, name: str, default: str) -> str:
        """Return an HTTP URL without a trailing slash."""
        value = self.text(name, default).rstrip("/")
        if not value.startswith(("https://", "http://")):
            raise SettingsError(f"{name} must be a URL like https://tenant.blackrock.com, not {value!r}")
        return value

    def optional_url(self, name: str) -> str | None:
        """Return an HTTP URL without a trailing slash, or None if it is not set."""
        return None if self.optional(name) is None else self.url(name, "")

    def choice(self, name: str, allowed: tuple[str, ...], default: str) -> str:
        """Return one of the allowed words."""
        value = self.text(name, default)
        if value not in allowed:
            raise SettingsError(f"{name} must be one of {', '.join(allowed)}, not {value!r}")
        return value

    def flag(self, name: str, *, default: bool) -> bool:
        """Return a truth value."""
        raw = self.text(name, str(default)).lower()
        if raw not in {"true", "false", "1", "0", "yes", "no"}:
            raise SettingsError(f"{name} must be true or false, not {raw!r}")
        return raw in {"true", "1", "yes"}

    def timezone(self, name: str, default: str) -> str:
        """Return the name of an IANA time zone."""
        value = self.text(name, default)
        try:
            return ZoneInfo(value).key
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise SettingsError(f"{name} must be a time zone like {default}, not {value!r}") from None

    def day(self, name: str) -> date | None:
        """Return a date within the calendars, or None if it is not set."""
        raw = self.optional(name)
        try:
            found = date.fromisoformat(raw) if raw else None
        except ValueError:
            raise SettingsError(f"{name} must be a date like 2026-06-30, not {raw!r}") from None
        if found is not None and not MIN_DAY <= found <= MAX_DAY:
            raise SettingsError(f"{name} must be between {MIN_DAY} and {MAX_DAY}, not {found}")
        return found
