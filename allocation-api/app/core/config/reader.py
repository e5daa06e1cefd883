"""Typed reading of settings from an environment, with errors that name the setting."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

T = TypeVar("T")

API_DIR = Path(__file__).resolve().parents[3]
MIN_DAY, MAX_DAY = date(1950, 1, 1), date(2150, 12, 31)
"""Business dates for which the holiday calendars cover a year of settlement."""


class SettingsError(ValueError):
    """A setting is missing or invalid; the message names it, or all of them where several are."""


class Environment(StrEnum):
    """What the service runs for: development takes a secret, the demo user and mock data for granted."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


@dataclass(frozen=True, slots=True)
class SettingSpec:
    """A setting as the code reads it: name, kind, default (None where it has none), bounds in words."""

    name: str
    kind: str
    default: str | None = None
    bounds: str = ""


class Reader:
    """Reads and validates typed values from an environment, and keeps what was read and what was wrong.

    A wrong value is kept as a problem and read as its default, so that `check` can name all of them at once.
    """

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = env
        self._specs: dict[str, SettingSpec] = {}
        self._problems: list[str] = []

    @property
    def specs(self) -> tuple[SettingSpec, ...]:
        """The settings that were asked for, in order."""
        return tuple(self._specs.values())

    def fail(self, problem: str) -> None:
        """Keep a problem, in words that name the setting."""
        self._problems.append(problem)

    def attempt(self, work: Callable[[], T], instead: T) -> T:
        """Return what the work returns; where it raises `SettingsError` keep that, and return `instead`."""
        try:
            return work()
        except SettingsError as error:
            self.fail(str(error))
            return instead

    def check(self) -> None:
        """Check that nothing was wrong.

        Raises
        ------
        SettingsError
            Naming every setting that was wrong.
        """
        problems = list(dict.fromkeys(self._problems))
        if len(problems) == 1:
            raise SettingsError(problems[0])
        if problems:
            listed = "; ".join(f"({number}) {problem}" for number, problem in enumerate(problems, 1))
            raise SettingsError(f"{len(problems)} settings are wrong: {listed}")

    def text(self, name: str, default: str) -> str:
        """Return a text, or the default if it is not set."""
        return self._given(SettingSpec(name, "text", default)) or default

    def optional(self, name: str) -> str | None:
        """Return a text, or None if it is not set."""
        return self._given(SettingSpec(name, "text"))

    def named(self, prefix: str) -> dict[str, str]:
        """Return the values of all settings whose name begins so, by the rest of the name."""
        names = sorted(name for name in self._env if name.startswith(prefix) and name != prefix)
        found = {name.removeprefix(prefix): self.optional(name) for name in names}
        return {rest: value for rest, value in found.items() if value is not None}

    def header(self, name: str) -> str | None:
        """Return a value for an HTTP header, or None if it is not set."""
        value = self._given(SettingSpec(name, "text", bounds="printable ASCII characters"))
        if value is not None and not (value.isascii() and value.isprintable()):
            self.fail(f"{name} must consist of printable ASCII characters")
            return None
        return value

    def name(self, name: str, default: str) -> str:
        """Return an identifier in another system: 1 to 64 printable ASCII characters without blanks."""
        bounds = "1 to 64 printable ASCII characters without blanks"
        value = self._given(SettingSpec(name, "name", default, bounds)) or default
        if not re.fullmatch(r"[!-~]{1,64}", value):
            self.fail(f"{name} must consist of {bounds}")
            return default
        return value

    def integer(self, name: str, default: int, low: int, high: int) -> int:
        """Return a whole number within bounds."""
        spec = SettingSpec(name, "whole number", str(default), f"{low} to {high}")
        raw = self._given(spec) or str(default)
        try:
            value = int(raw)
        except ValueError:
            self.fail(f"{name} must be a whole number, not {raw!r}")
            return default
        if not low <= value <= high:
            self.fail(f"{name} must be between {low} and {high}, not {value}")
            return default
        return value

    def optional_integer(self, name: str, low: int, high: int) -> int | None:
        """Return a whole number within bounds, or None if it is not set."""
        spec = SettingSpec(name, "whole number", bounds=f"{low} to {high}")
        return None if self._given(spec) is None else self.integer(name, low, low, high)

    def percent(self, name: str, default: str) -> Decimal:
        """Return a number above 0 and at most 100."""
        return self._positive(SettingSpec(name, "percent", default, "above 0 to 100"), default, 100)

    def number(self, name: str, default: str, high: int) -> Decimal:
        """Return a number above 0 and at most `high`."""
        return self._positive(SettingSpec(name, "number", default, f"above 0 to {high}"), default, high)

    def amount(self, name: str) -> Decimal | None:
        """Return an amount of money above 0, or None if it is not set."""
        raw = self._given(SettingSpec(name, "amount", bounds="above 0"))
        if raw is None:
            return None
        value = _number(raw)
        if value is None:
            self.fail(f"{name} must be a number, not {raw!r}")
        elif value <= 0:
            self.fail(f"{name} must be above 0, not {raw}")
            return None
        return value

    def url(self, name: str, default: str) -> str:
        """Return an HTTP URL without a trailing slash."""
        value = (self._given(SettingSpec(name, "URL", default)) or default).rstrip("/")
        if not value.startswith(("https://", "http://")) or not has_readable_port(value):
            # Not the value: it may hold a password.
            self.fail(f"{name} must be a URL like https://tenant.blackrock.com")
            return default
        return value

    def secure_url(self, name: str, default: str) -> str:
        """Return an HTTPS URL without a trailing slash; HTTP is for this host's loopback addresses alone.

        Credentials, a query and a fragment are refused: what goes there would be logged, or be lost.
        """
        bounds = "https, or http on loopback; no user, query or fragment"
        value = (self._given(SettingSpec(name, "URL", default, bounds)) or default).rstrip("/")
        fault = url_fault(value)
        if fault is not None:
            # Not the value: it may hold a password.
            self.fail(f"{name} must be a URL like https://tenant.blackrock.com: {fault}")
            return default
        return value

    def optional_url(self, name: str) -> str | None:
        """Return an HTTP URL without a trailing slash, or None if it is not set."""
        if self._given(SettingSpec(name, "URL")) is None:
            return None
        return self.url(name, "") or None

    def choice(self, name: str, allowed: tuple[str, ...], default: str) -> str:
        """Return one of the allowed words."""
        value = self._given(SettingSpec(name, "choice", default, ", ".join(allowed))) or default
        if value not in allowed:
            self.fail(f"{name} must be one of {', '.join(allowed)}, not {value!r}")
            return default
        return value

    def flag(self, name: str, *, default: bool) -> bool:
        """Return a truth value."""
        spec = SettingSpec(name, "flag", str(default).lower(), "true or false")
        raw = (self._given(spec) or str(default)).lower()
        if raw not in {"true", "false", "1", "0", "yes", "no"}:
            self.fail(f"{name} must be true or false, not {raw!r}")
            return default
        return raw in {"true", "1", "yes"}

    def timezone(self, name: str, default: str) -> str:
        """Return the name of an IANA time zone."""
        value = self._given(SettingSpec(name, "time zone", default)) or default
        try:
            return ZoneInfo(value).key
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self.fail(f"{name} must be a time zone like {default}, not {value!r}")
            return default

    def time_of_day(self, name: str, default: str) -> time:
        """Return a time of the day in minutes, like 17:30."""
        raw = self._given(SettingSpec(name, "time of the day", default, "00:00 to 23:59")) or default
        if re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", raw, re.ASCII):
            return time.fromisoformat(raw)
        self.fail(f"{name} must be a time like {default}, not {raw!r}")
        return time.fromisoformat(default)

    def day(self, name: str) -> date | None:
        """Return a date within the calendars, or None if it is not set."""
        raw = self._given(SettingSpec(name, "date", bounds=f"{MIN_DAY} to {MAX_DAY}"))
        try:
            found = date.fromisoformat(raw) if raw else None
        except ValueError:
            self.fail(f"{name} must be a date like 2026-06-30, not {raw!r}")
            return None
        if found is not None and not MIN_DAY <= found <= MAX_DAY:
            self.fail(f"{name} must be between {MIN_DAY} and {MAX_DAY}, not {found}")
            return None
        return found

    def _positive(self, spec: SettingSpec, default: str, high: int) -> Decimal:
        raw = self._given(spec) or default
        value = _number(raw)
        if value is None:
            self.fail(f"{spec.name} must be a number, not {raw!r}")
        elif not 0 < value <= high:
            self.fail(f"{spec.name} must be above 0 and at most {high}, not {raw}")
        else:
            return value
        return Decimal(default)

    def _given(self, spec: SettingSpec) -> str | None:
        """Return the text that is set, or None; keep the spec, the more telling one of several."""
        known = self._specs.get(spec.name)
        if known is None or (known.kind == "text" and known.default is None):
            self._specs[spec.name] = spec
        return self._env.get(spec.name, "").strip() or None


def url_fault(value: str) -> str | None:
    """Return what makes a URL unfit for secrets to be sent to it, in words; None if nothing does."""
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "it cannot be read"
    if parts.scheme not in {"https", "http"} or not host:
        return "it must begin with https:// and name a host"
    if parts.username is not None or parts.password is not None:
        return "it must not hold a user or password"
    if parts.query or parts.fragment or "?" in value or "#" in value:
        return "it must not have a query or a fragment"
    if parts.scheme == "http" and not is_loopback(host):
        return "http is for this host's loopback addresses alone, use https"
    return None


def has_readable_port(url: str) -> bool:
    """Say whether host and port of a URL can be read; without a port they can."""
    try:
        _ = urlsplit(url).port
    except ValueError:
        return False
    return True


def is_loopback(host: str) -> bool:
    """Say whether a host is this one, by a loopback address or the name of it."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _number(raw: str) -> Decimal | None:
    try:
        value = Decimal(raw)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None
