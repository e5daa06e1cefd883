"""Preferences of the user who asks."""

from __future__ import annotations

from typing import Any

from flask_restx import Namespace

from app.api.kit.context import services
from app.api.kit.operation import Endpoint, operation
from app.api.kit.tokens import Access, caller
from app.core.errors import NotFound
from app.schemas.preferences import (
    DeletedPreferenceSchema,
    PreferenceSchema,
    PreferencesSchema,
    PutPreference,
    PutPreferenceSchema,
)
from app.services.preferences.errors import PreferenceChanged
from app.services.preferences.preferences import Preference

preferences = Namespace("preferences", "Layouts and choices of a user's screens", path="/preferences")


@preferences.route("")
class PreferencesEndpoint(Endpoint):
    """All preferences of a user."""

    @operation("listPreferences", Access.LOGGED_IN, returns=PreferencesSchema, addition=True, cost=0)
    def get(self) -> dict[str, Any]:
        """List the preferences of the user who asks; nobody else sees them."""
        return {"preferences": services().preferences.list(caller())}


@preferences.route("/<preference_name>")
class PreferenceEndpoint(Endpoint):
    """One preference of a user."""

    @operation(
        "putPreference",
        Access.LOGGED_IN,
        body=PutPreferenceSchema,
        returns=PreferenceSchema,
        fails=(PreferenceChanged,),
        addition=True,
        examples={"columns": {"value": {"columns": ["account_id", "quantity"]}, "version": 0}},
    )
    def put(self, preference_name: str, body: PutPreference) -> Preference:
        """Keep a layout or a choice under a name: small letters, digits, dots and dashes, up to 64 of them.

        A user has up to 100. They are not in the audit trail, because they move no money, permission or
        order.
        """
        return services().preferences.put(preference_name, body.value, body.version, caller())

    @operation(
        "deletePreference",
        Access.LOGGED_IN,
        returns=DeletedPreferenceSchema,
        fails=(NotFound,),
        addition=True,
    )
    def delete(self, preference_name: str) -> dict[str, Any]:
        """Delete a preference of the user who asks."""
        services().preferences.delete(preference_name, caller())
        return {"name": preference_name}
