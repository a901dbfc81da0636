"""Who sees what in vector tiles, and that a withdrawn right is gone."""

import asyncio

import pytest

from onecity.platform.geo.declarations import MANAGE, VIEW
from onecity.platform.geo.tests.factories import (
    COMMUNITY,
    make_cell,
    make_tree,
    patch,
)
from onecity.platform.geo.tests.hot.asking import House, house, in_pages, registry_of, run
from onecity.platform.geo.tests.hot.drawing import ALL, SCOPED, address, points
from onecity.platform.identity.tests.factories import (
    Grant,
    grant_permissions,
    make_actor,
    make_organisation,
    open_session,
)

pytestmark = pytest.mark.django_db(transaction=True)


def test_layer_with_a_permission_asks_for_it() -> None:
    make_tree()
    make_cell(geometry=patch(1, 1, wide=0.1, high=0.1))
    stranger = open_session(make_actor().account_id)
    staff = open_session(make_actor(VIEW, everywhere=True).account_id)

    async def work() -> None:
        async with house(ALL) as city:
            assert (await city.ask(address("geo.grid"))).status == 401
            assert (await city.ask(address("geo.grid"), session=stranger)).status == 403
            assert (await city.ask(address("geo.places,geo.grid"), session=stranger)).status == 403
            answer = await city.ask(address("geo.grid"), session=staff)
            assert answer.tile()["geo.grid"][0][1]["code"] == f"{COMMUNITY}001"
            assert answer.headers["cache-control"] == "private, no-cache"

    run(work)


def test_kept_tile_with_a_permission_is_still_refused_to_others() -> None:
    make_tree()
    make_cell(geometry=patch(1, 1, wide=0.1, high=0.1))
    staff = open_session(make_actor(VIEW, everywhere=True).account_id)

    async def work() -> None:
        async with house(ALL) as city:
            await city.ask(address("geo.grid"), session=staff)
            await city.hears()
            await city.ask(address("geo.grid"), session=staff)
            assert len(city.tiles.cache) == 1
            assert (await city.ask(address("geo.grid"))).status == 401

    run(work)


def test_withdrawn_right_closes_the_layer_within_a_second() -> None:
    make_tree()
    make_cell(geometry=patch(1, 1, wide=0.1, high=0.1))
    actor = make_actor(VIEW, everywhere=True)
    staff = open_session(actor.account_id)

    async def work() -> None:
        async with house(ALL) as city:
            assert (await city.ask(address("geo.grid"), session=staff)).status == 200
            await in_pages(lambda: Grant.objects.filter(account_id=actor.account_id).delete())
            await asyncio.sleep(0.6)  # the door remembers an actor for half a second
            assert (await city.ask(address("geo.grid"), session=staff)).status == 403

    run(work)


def test_scoped_layer_shows_each_user_his_own_rows_only() -> None:
    ecology, water = make_organisation("生态环境局"), make_organisation("水务局")
    team = make_organisation("监测站", parent=ecology)
    rows: list[tuple[int, float, float, int | None, str]] = [
        (1, 1.0, 1.0, ecology.id, "220102"),
        (2, 1.1, 1.0, team.id, "220103"),
        (3, 1.0, 1.1, water.id, "220104001"),
        (4, 1.1, 1.1, None, "220105"),
    ]
    registry = registry_of([points("geo.duty", rows, permission=SCOPED, scoped=True)])
    people = {
        "ecology": make_actor(SCOPED, organisation=ecology),
        "water": make_actor(SCOPED, organisation=water),
        "district": make_actor(SCOPED, division="220104"),
        "mayor": make_actor(SCOPED, everywhere=True),
    }
    sessions = {name: open_session(actor.account_id) for name, actor in people.items()}

    async def seen(city: House, name: str) -> set[str]:
        answer = await city.ask(address("geo.duty"), session=sessions[name])
        assert answer.headers["cache-control"] == "private, no-cache"
        return {properties["name"] for _, properties in answer.tile().get("geo.duty", [])}

    async def work() -> None:
        async with house(registry) as city:
            await city.hears()
            for _ in range(2):  # the second time anything kept would show
                assert await seen(city, "ecology") == {"p1", "p2"}
                assert await seen(city, "water") == {"p3"}
                assert await seen(city, "district") == {"p3"}
                assert await seen(city, "mayor") == {"p1", "p2", "p3", "p4"}
            assert len(city.tiles.cache) == 0

    run(work)


def test_two_scoped_layers_in_one_tile_keep_their_own_scopes() -> None:
    ecology, water = make_organisation("生态环境局"), make_organisation("水务局")
    rows: list[tuple[int, float, float, int | None, str]] = [
        (1, 1, 1, ecology.id, "220102"),
        (2, 1, 1, water.id, "220102"),
    ]
    registry = registry_of(
        points(code, rows, permission=permission, scoped=True)
        for code, permission in (("geo.one", SCOPED), ("geo.two", VIEW), ("geo.three", MANAGE))
    )
    person = make_actor(SCOPED, organisation=ecology)
    grant_permissions(person.account_id, VIEW)
    session = open_session(person.account_id)

    async def work() -> None:
        async with house(registry) as city:
            tile = (await city.ask(address("geo.one,geo.two"), session=session)).tile()
            assert [properties["name"] for _, properties in tile["geo.one"]] == ["p1"]
            assert [properties["name"] for _, properties in tile["geo.two"]] == ["p1", "p2"]
            assert (await city.ask(address("geo.one,geo.three"), session=session)).status == 403

    run(work)
