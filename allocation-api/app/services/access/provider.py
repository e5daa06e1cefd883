"""Client of an OpenID provider: authorization code flow with state, nonce and PKCE (OpenID Connect Core 1.0).

What the provider says of itself (discovery) and its keys are read once an hour. An ID token counts only when
it is signed by one of the keys with an asymmetric algorithm, of exactly this issuer, for this client alone,
with the nonce of the request, and in time. Few requests wait for the provider at once, further ones are
refused, and a provider that failed is left alone for some seconds: anybody may start a login, and none may
hold the threads of the desk.
"""

from __future__ import annotations

import secrets
import time
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import msgspec
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from app.core.clock import Clock
from app.core.config.reader import url_fault
from app.core.config.sign_on import SignOnSettings
from app.services.access.errors import SignOnFailed, SignOnUnavailable
from app.services.aladdin.http_call import UNREADABLE, Reply, http_call
from app.services.requests.errors import ServiceBusy
from app.services.requests.gate import Errand, VendorGate

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
"""Signatures that are accepted: by a private key, which the provider alone has."""

DISCOVERY = "/.well-known/openid-configuration"
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
KEEP_SECONDS = 3_600.0
"""Time for which discovery and keys are kept."""

MIN_RELOAD_SECONDS = 10.0
"""Shortest time between two reads because of an unknown key."""

PAUSE_SECONDS = 5.0
"""Time for which a provider that failed is not asked again."""

CALL_SECONDS = 5.0
MAX_ANSWER_BYTES = 1_000_000
LEEWAY_SECONDS = 30
"""Difference of the clocks that is forgiven."""


@dataclass(frozen=True, slots=True)
class SignOnRequest:
    """What a browser keeps between its two visits: the request's secrets, and where it wants to go."""

    state: str
    nonce: str
    code_verifier: str
    next: str

    @classmethod
    def new(cls, following: str) -> SignOnRequest:
        """Return a new request; 43 characters of each secret are 256 random bits."""
        return cls(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(32), following)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the provider says the user is; the subject is the key, since names change hands."""

    issuer: str
    subject: str
    username: str | None
    groups: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Provider:
    """Discovery and keys, as they were read at a moment."""

    endpoints: Mapping[str, str]
    keys: Mapping[str, Any]
    read_at: float


class OpenIdProvider:
    """The provider of the settings; `gate` bounds the requests that wait for it."""

    def __init__(self, settings: SignOnSettings, http: httpx.Client, clock: Clock, gate: VendorGate) -> None:
        self._settings = settings
        self._http = http
        self._clock = clock
        self._gate = gate
        self._lock = Lock()
        self._known: _Provider | None = None
        self._closed_until = self._reload_after = 0.0

    def authorization_url(self, request: SignOnRequest) -> str:
        """Return where the browser logs in.

        Raises
        ------
        SignOnUnavailable
            When the provider cannot be reached, or says nothing usable of itself.
        """
        query = {
            "response_type": "code",
            "client_id": self._settings.client_id,
            "redirect_uri": self._settings.redirect_url,
            "scope": self._settings.scopes,
            "state": request.state,
            "nonce": request.nonce,
            "code_challenge": create_s256_code_challenge(request.code_verifier),
            "code_challenge_method": "S256",
        }
        known = self._fresh()
        if known is None:
            with self._place():
                known = self._provider()
        endpoint = known.endpoints["authorization_endpoint"]
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}"

    def identity(self, code: str, request: SignOnRequest) -> Identity:
        """Exchange an authorization code, and return whom the ID token names.

        Raises
        ------
        SignOnFailed
            When the provider refuses the code, or its ID token does not hold.
        SignOnUnavailable
            When the provider does not answer.
        """
        with self._place():
            id_token, access_token = self._exchanged(code, request)
            return self._identity_of(self._claims(id_token, access_token, request.nonce))

    def _exchanged(self, code: str, request: SignOnRequest) -> tuple[str, str]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._settings.redirect_url,
            "code_verifier": request.code_verifier,
        }
        reply = self._call("POST", self._provider().endpoints["token_endpoint"], form=form)
        if reply.status in {400, 401, 403}:
            raise SignOnFailed("The identity provider refused the login. Start again.")
        answer = _object(reply)
        id_token, access_token = answer.get("id_token"), answer.get("access_token")
        if not isinstance(id_token, str) or not isinstance(access_token, str):
            raise SignOnUnavailable("The identity provider's answer to a login is not usable.")
        return id_token, access_token

    def _claims(self, id_token: str, access_token: str, nonce: str) -> dict[str, Any]:
        try:
            decoded = self._decoded(id_token)
            claims = CodeIDToken(
                decoded.claims,
                decoded.header,
                {"iss": {"essential": True, "value": self._settings.issuer}},
                {"nonce": nonce, "client_id": self._settings.client_id, "access_token": access_token},
            )
            claims.validate(now=int(self._clock().timestamp()), leeway=LEEWAY_SECONDS)
        except (JoseError, ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
            # The library raises its own errors for what is wrong, and others for what is malformed.
            raise SignOnFailed(f"The identity provider's token does not hold: {_kind(error)}.") from error
        if claims.get("aud") not in (self._settings.client_id, [self._settings.client_id]):
            raise SignOnFailed("The identity provider's token is not for this service alone.")
        return dict(claims)

    def _decoded(self, id_token: str) -> jwt.Token:
        """Return a token whose signature holds; the keys are read again for one by an unknown key."""
        try:
            return self._verified(id_token, self._provider())
        except (JoseError, ValueError):
            return self._verified(id_token, self._reloaded())

    @staticmethod
    def _verified(id_token: str, provider: _Provider) -> jwt.Token:
        keys = KeySet.import_key_set({"keys": list(provider.keys["keys"])})
        return jwt.decode(id_token, keys, algorithms=ALGORITHMS)

    def _identity_of(self, claims: Mapping[str, Any]) -> Identity:
        subject = claims["sub"]
        if not (isinstance(subject, str) and 1 <= len(subject) <= 255 and subject.isprintable()):
            raise SignOnFailed("The identity provider's token names no usable subject.")
        names = (claims.get(name) for name in ("preferred_username", "email"))
        return Identity(
            issuer=self._settings.issuer,
            subject=subject,
            username=next((name for name in names if isinstance(name, str) and name), None),
            groups=_texts(claims.get(self._settings.groups_claim)),
        )

    def _reloaded(self) -> _Provider:
        """Return discovery and keys read anew, unless that was done for another token a moment ago."""
        with self._lock:
            if time.monotonic() >= self._reload_after:
                self._reload_after = time.monotonic() + MIN_RELOAD_SECONDS
                self._known = None
        return self._provider()

    @contextmanager
    def _place(self) -> Iterator[None]:
        """Hold one of the few places of requests that wait for the provider."""
        with ExitStack() as held:
            try:
                held.enter_context(self._gate.passing(Errand.READ))
            except ServiceBusy:
                raise SignOnUnavailable("Many users log in by single sign-on at this moment.") from None
            yield

    def _fresh(self) -> _Provider | None:
        """Return what is known of the provider, None if nothing is or it is too old."""
        known = self._known
        is_fresh = known is not None and time.monotonic() - known.read_at < KEEP_SECONDS
        return known if is_fresh else None

    def _provider(self) -> _Provider:
        with self._lock:
            known = self._fresh()
            if known is not None:
                return known
            if time.monotonic() < self._closed_until:
                raise SignOnUnavailable("The identity provider did not answer a moment ago.")
            try:
                self._known = self._read()
            except SignOnUnavailable:
                self._closed_until = time.monotonic() + PAUSE_SECONDS
                raise
            return self._known

    def _read(self) -> _Provider:
        said = _object(self._call("GET", self._settings.issuer.rstrip("/") + DISCOVERY))
        if said.get("issuer") != self._settings.issuer:
            raise SignOnUnavailable("The identity provider's description is of another issuer.")
        endpoints = {name: said.get(name) for name in ENDPOINTS}
        usable = {name: url for name, url in endpoints.items() if isinstance(url, str) and _is_safe(url)}
        if len(usable) != len(ENDPOINTS):
            raise SignOnUnavailable("The identity provider's description lacks an HTTPS endpoint.")
        keys = _object(self._call("GET", usable["jwks_uri"]))
        if not isinstance(keys.get("keys"), list):
            raise SignOnUnavailable("The identity provider's keys are not usable.")
        return _Provider(usable, keys, time.monotonic())

    def _call(self, method: str, url: str, *, form: Mapping[str, str] | None = None) -> Reply:
        headers = {"Accept": "application/json"}
        if form is not None:
            # RFC 6749, section 2.3.1: both parts are form-encoded before they are joined.
            own = (quote(part, safe="") for part in (self._settings.client_id, self._settings.client_secret))
            headers["Authorization"] = f"Basic {b64encode(':'.join(own).encode()).decode()}"
        try:
            return http_call(
                self._http,
                method,
                url,
                headers=headers,
                seconds=CALL_SECONDS,
                monotonic=time.monotonic,
                form=form,
                max_bytes=MAX_ANSWER_BYTES,
            )
        except httpx.RequestError as error:
            raise SignOnUnavailable("The identity provider does not answer.") from error


def _object(reply: Reply) -> dict[str, Any]:
    """Return the JSON object of an answer."""
    if not reply.is_success:
        raise SignOnUnavailable(f"The identity provider answered with status {reply.status}.")
    try:
        return msgspec.json.decode(reply.content, type=dict[str, Any])
    except (*UNREADABLE, msgspec.ValidationError) as error:
        raise SignOnUnavailable("The identity provider's answer is not usable.") from error


def _texts(value: object) -> frozenset[str]:
    """Return the texts of a list, or one text; providers write a single group as either."""
    listed = value if isinstance(value, list) else [value]
    return frozenset(text for text in listed if isinstance(text, str))


def _is_safe(url: str) -> bool:
    """Return whether a URL is HTTPS, or HTTP on loopback; its query does not matter."""
    return url_fault(url.partition("?")[0]) is None


def _kind(error: Exception) -> str:
    """Return what is wrong with a token, without its words: they come from outside."""
    claim = getattr(error, "claim", None)
    return f"claim {claim}" if isinstance(claim, str) else type(error).__name__
