"""Errors of preferences."""

from __future__ import annotations

from app.core.errors import Conflict


class PreferenceChanged(Conflict):
    """Optimistic lock: another version of the preference is stored than the one that was to be replaced."""

    code, title = "PREFERENCE_CHANGED", "The preference was changed meanwhile"
