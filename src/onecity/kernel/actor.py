"""Who acts, and on what: the contract that every selector and service takes.

An actor's rights are permissions, each within scopes. A scope is one of three things, written as a short text so that
pages, APIs and the hot roads compare the same keys:

    *            everything
    o:<id>       rows of the organisation with this id and all below it
    d:<code>     rows that lie in this division and all below it (6, 9 or 12 digits)
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, NewType

from onecity.kernel.errors import NotPermitted

ScopeKey = NewType("ScopeKey", str)
EVERYTHING: Final = ScopeKey("*")

ActorKind = Literal["account", "client", "system", "anonymous"]


def organisation_key(organisation_id: int) -> ScopeKey:
    """Return the scope key of an organisation and all below it."""
    return ScopeKey(f"o:{organisation_id}")


def division_key(division_code: str) -> ScopeKey:
    """Return the scope key of a division (6, 9 or 12 digits) and all below it."""
    return ScopeKey(f"d:{division_code}")


@dataclass(frozen=True, slots=True)
class Actor:
    """One person, program or the system itself, at one moment.

    id: the account's or API client's id; None for the system and for a passer-by who has not signed in.
    grants: for each permission the scopes within which it holds.
    """

    kind: ActorKind
    id: int | None = None
    name: str = ""
    organisation_id: int | None = None
    grants: Mapping[str, frozenset[ScopeKey]] = field(default_factory=dict)

    def may(self, permission: str) -> bool:
        """Say whether the actor holds `permission` anywhere at all."""
        return self.kind == "system" or permission in self.grants

    def scopes(self, permission: str) -> frozenset[ScopeKey]:
        """Return the scopes within which `permission` holds; empty when it is not held."""
        if self.kind == "system":
            return frozenset({EVERYTHING})
        return self.grants.get(permission, frozenset())

    @property
    def account_id(self) -> int:
        """Return the account's id.

        Raises: NotPermitted if the actor is no account: only people have what belongs to an account.
        """
        if self.kind != "account" or self.id is None:
            raise NotPermitted
        return self.id

    @property
    def key(self) -> str:
        """Return a stable text for logs and audit rows, such as `account:12`; it holds no personal data."""
        return f"{self.kind}:{self.id}" if self.id is not None else self.kind


ANONYMOUS: Final = Actor(kind="anonymous")


def system_actor(name: str) -> Actor:
    """Return the actor under which the part of the system called `name` (a gateway, a job) writes."""
    return Actor(kind="system", name=name)
