"""Looking up entities by credit code on a hot road."""

import asyncio
from urllib.parse import quote

import asyncpg
import pytest
from django.db import connection

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Invalid
from onecity.platform.identity.tests.factories import make_actor, make_organisation
from onecity.platform.registers.hot.entities import find
from onecity.platform.registers.permissions import VIEW_ENTITIES
from onecity.platform.registers.selectors.entities.rows import NoSuchEntity
from onecity.platform.registers.tests.entity_factories import make_entity, make_uscc
from onecity.web.hot import HotRequest

pytestmark = pytest.mark.django_db(transaction=True)


def asked(actor: Actor, uscc: str) -> bytes:
    """Ask the road on the test's own database."""
    facts = connection.settings_dict
    address = (
        f"postgresql://{facts['USER']}:{quote(facts['PASSWORD'])}@/{facts['NAME']}?host={quote(facts['HOST'], safe='')}"
    )

    async def work() -> bytes:
        async with asyncpg.create_pool(address, min_size=1, max_size=2) as pool:

            async def identify() -> Actor:
                return actor

            request = HotRequest("GET", "", {"uscc": uscc}, {}, {}, actor, pool, identify)
            return (await find(request)).body

    return asyncio.run(work())


def test_entity_is_found_by_its_code_in_any_writing() -> None:
    row = make_entity("光明商贸")
    body = asked(make_actor(VIEW_ENTITIES, everywhere=True), f"{row.uscc.lower()}")
    assert "光明商贸".encode() in body
    assert b"representative_hash" not in body


def test_entity_of_others_is_not_found() -> None:
    row = make_entity()
    with pytest.raises(NoSuchEntity):
        asked(make_actor(VIEW_ENTITIES, organisation=make_organisation()), row.uscc)
    with pytest.raises(NoSuchEntity):
        asked(make_actor(VIEW_ENTITIES, everywhere=True), make_uscc())


def test_what_cannot_be_a_code_is_refused() -> None:
    with pytest.raises(Invalid):
        asked(make_actor(VIEW_ENTITIES, everywhere=True), "91")
