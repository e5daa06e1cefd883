"""Settings of single sign-on (OpenID Connect); it is off without them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.core.config.reader import Reader, url_fault
from app.core.security import Role

NEEDED = ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "OIDC_REDIRECT_URL", "OIDC_ROLE_MAP")
"""Settings that are there together or not at all."""


@dataclass(frozen=True, slots=True)
class SignOnSettings:
    """The provider by its issuer, this service as its client, and the roles of the provider's groups.

    `issuer` is compared to the character. `redirect_url` is the address of `auth/sso/callback` as browsers
    see it. `groups_claim` is the claim of the ID token that lists a user's groups; `roles` maps them.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    redirect_url: str
    scopes: str
    groups_claim: str
    roles: Mapping[str, Role]


def sign_on_settings(read: Reader) -> SignOnSettings | None:
    """Read the section, None where single sign-on is off."""
    given = {name: read.optional(name) or "" for name in NEEDED}
    for name in ("OIDC_ISSUER", "OIDC_REDIRECT_URL"):
        fault = url_fault(given[name]) if given[name] else None
        if fault is not None:
            read.fail(f"{name} must be a URL like https://login.example.com: {fault}")
    found = SignOnSettings(
        issuer=given["OIDC_ISSUER"],
        client_id=given["OIDC_CLIENT_ID"],
        client_secret=given["OIDC_CLIENT_SECRET"],
        redirect_url=given["OIDC_REDIRECT_URL"],
        scopes=read.text("OIDC_SCOPES", "openid profile email"),
        groups_claim=read.text("OIDC_GROUPS_CLAIM", "groups"),
        roles=_roles(read, given["OIDC_ROLE_MAP"]),
    )
    missing = [name for name in NEEDED if not given[name]]
    if len(missing) == len(NEEDED):
        return None
    if missing:
        read.fail(f"Single sign-on needs all of {', '.join(NEEDED)}; missing: {', '.join(missing)}")
    if "openid" not in found.scopes.split():
        read.fail("OIDC_SCOPES must hold openid")
    return found


def _roles(read: Reader, written: str) -> dict[str, Role]:
    """Return the role of each group, written `group=role, group=role`."""
    roles: dict[str, Role] = {}
    for entry in (entry.strip() for entry in written.split(",")):
        if not entry:
            continue
        group, _, role = (part.strip() for part in entry.rpartition("="))
        if not group or role not in set(Role):
            read.fail(
                f"OIDC_ROLE_MAP must be like desk-a=trader, with roles of {', '.join(Role)}; not {entry!r}"
            )
        elif group in roles:
            read.fail(f"OIDC_ROLE_MAP must not name the group {group} twice")
        else:
            roles[group] = Role(role)
    return roles
