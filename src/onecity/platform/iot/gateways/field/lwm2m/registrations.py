"""Who is registered, until when, and the conversation with each; in memory, for clients register again when told so."""

import asyncio
import contextlib
import secrets
from dataclasses import dataclass, field, replace
from typing import Final

from aiocoap import Context
from aiocoap.interfaces import EndpointAddress

from onecity.platform.iot.codecs.lwm2m import Links
from onecity.platform.iot.gateways.field.contract import Intake, Welcome
from onecity.platform.iot.gateways.field.lwm2m.conversation import Conversation
from onecity.platform.iot.gateways.field.lwm2m.links import read_link

LOOK_S: Final = 1.0
MOST: Final = 200_000
LONGEST_LIFETIME_S: Final = 30 * 86_400
DEFAULT_LIFETIME_S: Final = 86_400
"""Source: LwM2M 1.1 Core, table 6.2.1."""


@dataclass(frozen=True, slots=True)
class Registering:
    """What a client registers with, or changes. binding: U, UQ (asleep between words) …"""

    lifetime_s: int
    binding: str
    links: Links

    @property
    def queued(self) -> bool:
        """Say whether the client can be spoken to only right after it spoke."""
        return "Q" in self.binding


@dataclass(slots=True)
class Registration:
    """One client."""

    id: str
    key: str
    told: Registering
    until: float
    conversation: Conversation
    task: "asyncio.Task[None] | None" = field(default=None, repr=False)


class Registrations:
    """Registered clients by id; a client that registers again takes its former registration's place."""

    def __init__(self, intake: Intake) -> None:
        self.intake = intake
        self._context: Context | None = None
        self._by_id: dict[str, Registration] = {}
        self._by_key: dict[str, Registration] = {}
        self._loop = asyncio.get_running_loop()

    def speak_through(self, context: Context) -> None:
        """Use this endpoint to speak to clients."""
        self._context = context

    async def register(self, key: str, told: Registering, *, remote: EndpointAddress, welcome: Welcome) -> str:
        """Register a client that was let in; return its registration's id."""
        await self._forget(self._by_key.get(key))
        link = read_link(welcome.attached[0].link if welcome.attached else {})
        assert self._context is not None
        conversation = Conversation(
            self.intake, self._context, key=key, remote=remote, links=told.links, link=link, queued=told.queued
        )
        number = secrets.token_hex(4)
        found = Registration(number, key, told, self._loop.time() + told.lifetime_s, conversation)
        self._by_id[number] = self._by_key[key] = found
        self.intake.enter(key, conversation.send)
        self.intake.seen(key)
        found.task = asyncio.ensure_future(conversation.hold())
        return number

    def update(
        self, number: str, *, remote: EndpointAddress, lifetime_s: int | None, binding: str, links: Links | None
    ) -> bool:
        """Prolong a registration; False if there is none, so that the client registers again."""
        found = self._by_id.get(number)
        if found is None:
            return False
        told = replace(
            found.told,
            lifetime_s=lifetime_s or found.told.lifetime_s,
            binding=binding or found.told.binding,
            links=links or found.told.links,
        )
        found.told, found.until = told, self._loop.time() + told.lifetime_s
        self.intake.seen(found.key)
        found.conversation.awake(remote, links=told.links)
        return True

    async def remove(self, number: str) -> bool:
        """End a registration; False if there is none."""
        found = self._by_id.get(number)
        await self._forget(found)
        return found is not None

    def owner(self, remote: EndpointAddress) -> str:
        """Return whose address this is; "" if no client registered from it."""
        return next((item.key for item in self._by_key.values() if item.conversation.remote == remote), "")

    @property
    def full(self) -> bool:
        """Say whether no more clients are taken."""
        return len(self._by_id) >= MOST

    async def keep(self) -> None:
        """Forget clients whose lifetime ends; runs until cancelled."""
        while True:
            await asyncio.sleep(LOOK_S)
            now = self._loop.time()
            for found in [item for item in self._by_id.values() if item.until < now]:
                await self._forget(found)

    async def end(self) -> None:
        """Part with all clients; they are asked to register again when they update."""
        for found in list(self._by_id.values()):
            await self._forget(found)

    async def _forget(self, found: Registration | None) -> None:
        if found is None:
            return
        self._by_id.pop(found.id, None)
        if self._by_key.get(found.key) is found:
            del self._by_key[found.key]
        self.intake.leave(found.key, found.conversation.send)
        if found.task is not None:
            found.task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await found.task
