"""What a view may ask of the request and of the application around it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask import current_app, g

from app.core.config import Settings

if TYPE_CHECKING:
    from app.wiring.container import Services


def services() -> Services:
    """Return the services that the application was built with."""
    return cast("Services", current_app.extensions["services"])


def settings() -> Settings:
    """Return the settings that the application was built with."""
    return cast("Settings", current_app.extensions["settings"])


def request_id() -> str:
    """Return the id of the request, ours or the client's."""
    return str(g.request_id)
