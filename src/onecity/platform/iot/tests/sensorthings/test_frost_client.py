"""An independent client, end to end: frost-sta-client over real HTTP with a program's own token."""

import asyncio
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

import asyncpg
import pytest
import requests
import uvloop
from frost_sta_client import (
    AuthHandler,
    Datastream,
    Location,
    Observation,
    ObservedProperty,
    Sensor,
    SensorThingsService,
    Thing,
    UnitOfMeasurement,
)
from geojson import Point

from onecity.platform.identity.tests.factories import HotSignOn, make_token
from onecity.platform.iot.permissions import VIEW_DEVICES, WRITE_SENSORTHINGS
from onecity.platform.iot.sensorthings.hot import ROADS, ROOT
from onecity.platform.iot.tests.sensorthings.house import url_of_database
from onecity.platform.iot.tests.sensorthings.listening import listening
from onecity.web.hot import HotApplication

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:furl:DeprecationWarning"),  # the client uses what furl retired
]
FIRST = datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture
def service() -> Iterator[SensorThingsService]:
    """A client of a server in this process."""
    token = make_token(VIEW_DEVICES, WRITE_SENSORTHINGS)
    loop = uvloop.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def open_pool() -> asyncpg.Pool:
        return await asyncpg.create_pool(url_of_database(), min_size=1, max_size=3)

    application = HotApplication(ROADS, sign_on=HotSignOn(), open_pool=open_pool)
    server = asyncio.run_coroutine_threadsafe(listening(application), loop).result()
    port = server.sockets[0].getsockname()[1]
    yield SensorThingsService(f"http://127.0.0.1:{port}{ROOT}", auth_handler=AuthHandler("program", token))

    async def end() -> None:
        server.close()
        await application.close()

    asyncio.run_coroutine_threadsafe(end(), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def station(service: SensorThingsService) -> tuple[Thing, Datastream]:
    thing = Thing(name="Thing 1", description="The first thing.", properties={"some": "property"})
    thing.locations = [Location("Place", "Somewhere", location=Point((8, 51)), encoding_type="application/geo+json")]
    service.create(thing)
    stream = Datastream(
        name="Temperature",
        description="of the air",
        observation_type="OM_Measurement",
        unit_of_measurement=UnitOfMeasurement("degree Celsius", "°C", "ucum:Cel"),
        observed_property=ObservedProperty(
            name="Temperature", definition="http://e.org/t", description="the temperature"
        ),
        sensor=Sensor(name="Sensor 1", description="the first sensor", encoding_type="text", metadata="some metadata"),
        thing=thing,
    )
    service.create(stream)
    return thing, stream


def test_client_makes_reads_changes_and_deletes(service: SensorThingsService) -> None:
    thing, stream = station(service)
    assert isinstance(thing.id, int)
    found: Any = service.things().find(thing.id)
    assert (found.name, found.properties) == ("Thing 1", {"some": "property"})
    found.name = "Renamed"
    service.update(found)
    assert service.things().find(thing.id).name == "Renamed"
    service.patch(found, [{"op": "replace", "path": "/description", "value": "patched"}])
    assert service.things().find(thing.id).description == "patched"
    service.delete(stream)
    assert list(service.datastreams().query().list()) == []


def test_client_follows_pages_filters_and_expands(service: SensorThingsService) -> None:
    thing, stream = station(service)
    for minute in range(12):
        at = FIRST.replace(minute=minute).isoformat()
        service.create(Observation(result=minute, phenomenon_time=at, datastream=stream))
    everything = service.observations().query().top(5).orderby("phenomenonTime", "desc").list()
    assert [item.result for item in everything] == list(range(11, -1, -1))
    some = service.observations().query().filter("result ge 10").count().list()
    assert (some.count, sorted(item.result for item in some)) == (2, [10, 11])
    own = thing.get_datastreams().query().expand("Observations($top=2)").list().entities
    assert own[0].name == "Temperature"
    assert service.things().query().filter("name eq 'Thing 1'").list().entities[0].id == thing.id


def test_client_without_a_token_is_refused(service: SensorThingsService) -> None:
    url = service.url.url
    answer = requests.get(f"{url}/Things", timeout=10)
    assert answer.status_code == HTTPStatus.UNAUTHORIZED
    assert "Basic" in answer.headers["WWW-Authenticate"]
