"""Encryption at rest (Fernet: AES-128-CBC with HMAC-SHA256) of users' credentials, with keys that rotate.

The first key encrypts, all decrypt. Without a key nothing is stored and nothing read: there is no fallback.
Each token names its account inside, so that one that was moved to another row opens nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from app.services.execution.errors import CredentialKeyMissing, CredentialsUnreadable
from app.services.execution.snaptrade.session import SnapTradeUser


class _Sealed(msgspec.Struct):
    """What is encrypted."""

    account_id: str
    user_id: str
    user_secret: str


class CredentialVault:
    """Seals credentials for storage and opens them for a call; nothing else reads them."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._fernets = [Fernet(key) for key in keys]

    def check(self) -> None:
        """Check that credentials can be stored.

        Raises
        ------
        CredentialKeyMissing
            Without a key.
        """
        if not self._fernets:
            raise CredentialKeyMissing(
                "Credentials are stored encrypted alone, and this service has no key: set "
                "BROKER_CREDENTIAL_KEYS"
            )

    def seal(self, account_id: str, user: SnapTradeUser) -> str:
        """Return the credentials of an account, encrypted under the first key."""
        self.check()
        plain = msgspec.json.encode(_Sealed(account_id, user.user_id, user.user_secret))
        return self._fernets[0].encrypt(plain).decode()

    def open(self, account_id: str, token: str) -> SnapTradeUser:
        """Return the credentials of an account.

        Raises
        ------
        CredentialKeyMissing
            Without a key.
        CredentialsUnreadable
            When no key opens them, or they are another account's.
        """
        self.check()
        try:
            found = msgspec.json.decode(MultiFernet(self._fernets).decrypt(token.encode()), type=_Sealed)
        except (InvalidToken, msgspec.MsgspecError, UnicodeDecodeError):
            found = None
        if found is None or found.account_id != account_id:
            raise CredentialsUnreadable(
                "The stored credentials cannot be read with the keys of this service. Disconnect the "
                "account, and connect it again"
            )
        return SnapTradeUser(found.user_id, found.user_secret)

    def resealed(self, account_id: str, token: str) -> str | None:
        """Return the token under the first key; None where it is so already, or nothing opens it."""
        if not self._fernets:
            return None
        try:
            self._fernets[0].decrypt(token.encode())
        except InvalidToken:
            pass
        else:
            return None
        try:
            return self.seal(account_id, self.open(account_id, token))
        except CredentialsUnreadable:
            return None
