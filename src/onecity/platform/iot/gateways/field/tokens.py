"""Whose tokens are whose, as far as the process knows."""

import time
from collections.abc import Collection
from typing import Final

from onecity.kernel import clock
from onecity.platform.iot.selectors.field import token_owners
from onecity.platform.iot.services.credentials import TOKEN_MARK, token_digest

MOST_TOKENS: Final = 200_000
UNKNOWN_FOR_S: Final = 0.5


def is_token(credential: str | None) -> bool:
    """Say whether a credential is a device's token, and no access password."""
    return credential is not None and credential.startswith(TOKEN_MARK)


class Tokens:
    """Read in the event loop, learned in the database's thread. What is nobody's is remembered for a moment only."""

    def __init__(self) -> None:
        self._owners: dict[str, str] = {}
        self._of: dict[str, set[str]] = {}
        self._unknown: dict[str, float] = {}

    def owner(self, token: str) -> str:
        """Return the key of the device whose token this is; "" if it is nobody's or not at hand."""
        return self._owners.get(token, "")

    def is_at_hand(self, token: str) -> bool:
        """Say whether the database need not be asked now."""
        return token in self._owners or self._unknown.get(token, 0.0) > time.monotonic()

    def learn(self, tokens: Collection[str]) -> None:
        """Ask for many tokens at once."""
        digests = {token_digest(token): token for token in tokens}
        found = token_owners(list(digests), now=clock.real_now())
        if len(self._owners) + len(self._unknown) > MOST_TOKENS:
            self.forget("")
        until = time.monotonic() + UNKNOWN_FOR_S
        self._unknown.update((token, until) for digest, token in digests.items() if digest not in found)
        for digest, key in found.items():
            self._owners[digests[digest]] = key
            self._of.setdefault(key, set()).add(digests[digest])

    def forget(self, device_key: str) -> None:
        """Ask again for a device's tokens; for all of them with an empty key."""
        if device_key:
            for token in self._of.pop(device_key, ()):
                self._owners.pop(token, None)
        else:
            self._owners.clear()
            self._of.clear()
        self._unknown.clear()
