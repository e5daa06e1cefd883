"""Single sign-on: two visits of a browser, with its login at the identity provider in between."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response

from app.api.access import auth
from app.api.kit import sign_on_cookie
from app.api.kit.context import request_id, services, settings
from app.api.kit.operation import Endpoint, operation
from app.api.kit.tokens import Access, client, tokens_of
from app.core.errors import DatabaseUnavailable, NotFound
from app.schemas.access import Keeper
from app.schemas.access_sign_on import (
    SignOnReturn,
    SignOnReturnSchema,
    SignOnSchema,
    SignOnStart,
    SignOnStartSchema,
)
from app.services.access.errors import SignOnFailed, SignOnRefused, SignOnUnavailable


@auth.route("/sso")
class SignOnEndpoint(Endpoint):
    """How users log in."""

    @operation("getSignOn", Access.PUBLIC, returns=SignOnSchema, addition=True)
    def get(self) -> dict[str, Any]:
        """Say whether single sign-on is configured, and in development how demo users log in."""
        access = services().access
        return {
            "configured": access.sign_on.is_configured,
            "demo_login": access.users.demo_login() if settings().is_development else None,
        }


@auth.route("/sso/login")
class SignOnStartEndpoint(Endpoint):
    """Where a single sign-on starts."""

    @operation(
        "startSignOn",
        Access.PUBLIC,
        query=SignOnStartSchema,
        redirects=True,
        fails=(NotFound, SignOnUnavailable),
        addition=True,
    )
    def get(self, query: SignOnStart) -> Response:
        """Go to the identity provider to log in.

        For browsers, as an ordinary link. A cookie ties the login to the browser for ten minutes.
        """
        url, started = services().access.sign_on.start(query.next)
        response = _see(url)
        sign_on_cookie.keep(response, started)
        return response


@auth.route("/sso/callback")
class SignOnCallbackEndpoint(Endpoint):
    """Where the identity provider sends the browser back to."""

    @operation(
        "finishSignOn",
        Access.PUBLIC,
        query=SignOnReturnSchema,
        redirects=True,
        fails=(NotFound, SignOnFailed, SignOnRefused, SignOnUnavailable, DatabaseUnavailable),
        addition=True,
    )
    def get(self, query: SignOnReturn) -> Response:
        """Come back from the identity provider, and begin a session.

        The refresh token is in the cookie of a login with `session: cookie`: POST auth/refresh gives the
        access token. A user who logs in for the first time is added, with the roles of the provider's groups.
        """
        sign_on = services().access.sign_on
        if not sign_on.is_configured:
            raise NotFound("Single sign-on is not configured here.")
        started = sign_on_cookie.take_back(query.state)
        _check(query)
        opened = sign_on.finish(query.code or "", started, request_id=request_id(), client=client())
        tokens_of(opened, Keeper.COOKIE)
        response = _see(started.next)
        sign_on_cookie.forget(response)
        return response


def _check(query: SignOnReturn) -> None:
    """Refuse what the provider says without a code, or what another provider says."""
    provider = settings().sign_on
    if provider is not None and query.iss not in {None, provider.issuer}:
        raise SignOnFailed("The answer is of another identity provider.")
    if query.error is not None or query.code is None:
        raise SignOnFailed("The identity provider did not log you in. Start again.")


def _see(url: str) -> Response:
    return Response(status=HTTPStatus.SEE_OTHER, headers={"Location": url})
