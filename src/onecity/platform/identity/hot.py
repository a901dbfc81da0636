"""Sign-on for the hot roads: the same statements as for pages, remembered for less than a second."""

import base64
import binascii
import time
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Final

import asyncpg

from onecity.kernel.actor import ANONYMOUS, Actor
from onecity.platform.identity.selectors.actors import (
    SESSION_SQL,
    TOKEN_SQL,
    client_of,
    secret_digest,
    signed_in_of,
)

SESSION_COOKIE: Final = "onecity_session"
REMEMBERED_SECONDS: Final = 0.5
REMEMBERED_ACTORS: Final = 10_000
_SESSION: Final = SESSION_SQL.replace("%s", "$1")
_TOKEN: Final = TOKEN_SQL.replace("%s", "$1")
_READING: Final = frozenset({"GET", "HEAD"})


class HotSignOn:
    """Finds the actor of a request. A right that is withdrawn is gone here after `REMEMBERED_SECONDS`.

    A session counts only for reading: a cookie alone must not be able to write (no CSRF token is checked here).
    """

    def __init__(self) -> None:
        self._known: dict[str, tuple[float, Actor]] = {}

    async def actor(self, headers: Mapping[str, str], *, method: str, pool: asyncpg.Pool) -> Actor:
        """Return who acts; the anonymous actor when neither a valid token nor a valid session came along."""
        token = token_of(headers.get("authorization", ""))
        if token is not None:
            return await self._find(_TOKEN, token, pool)
        secret = _session_secret(headers.get("cookie", ""))
        if secret and method in _READING:
            return await self._find(_SESSION, secret, pool)
        return ANONYMOUS

    async def _find(self, sql: str, secret: str, pool: asyncpg.Pool) -> Actor:
        digest = secret_digest(secret)
        known = self._known.get(digest)
        if known and known[0] > time.monotonic():
            return known[1]
        row = await pool.fetchrow(sql, digest)
        actor = ANONYMOUS
        if row is not None:
            actor = client_of(tuple(row)) if sql is _TOKEN else _session_actor(tuple(row))
        if len(self._known) >= REMEMBERED_ACTORS:
            self._known.clear()
        self._known[digest] = (time.monotonic() + REMEMBERED_SECONDS, actor)
        return actor


def token_of(authorization: str) -> str | None:
    """Return the token of a request: a bearer's, or the password of programs that only know names and passwords.

    None if the header speaks of neither. Source: RFC 6750, 2.1; RFC 7617, 2 (Basic).
    """
    scheme, _, told = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return told.strip()
    if scheme.lower() != "basic":
        return None
    try:
        return base64.b64decode(told.strip(), validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _session_actor(row: tuple[object, ...]) -> Actor:
    found = signed_in_of(row)
    return ANONYMOUS if found.must_change_password else found.actor


def _session_secret(cookies: str) -> str:
    try:
        morsel = SimpleCookie(cookies).get(SESSION_COOKIE)
    except CookieError:
        return ""
    return morsel.value if morsel else ""
