"""A small world of entities, made through the interface itself."""

from typing import Any

from onecity.platform.iot.tests.sensorthings.house import Ask

LOCATION = {
    "name": "南湖",
    "description": "南湖公园",
    "encodingType": "application/geo+json",
    "location": {"type": "Point", "coordinates": [125.3, 43.85]},
}
SENSOR = {"name": "DHT", "description": "温度传感器", "encodingType": "application/pdf", "metadata": "http://e.org/dht"}
PROPERTY = {"name": "温度", "definition": "http://e.org/temperature", "description": "气温"}
UNIT = {"name": "degree Celsius", "symbol": "Cel", "definition": "http://e.org/celsius"}
MEASUREMENT = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"


def datastream(**more: Any) -> dict[str, Any]:
    """Return a Datastream with its Sensor and ObservedProperty within."""
    return {
        "name": "气温",
        "description": "逐时气温",
        "observationType": MEASUREMENT,
        "unitOfMeasurement": UNIT,
        "Sensor": SENSOR,
        "ObservedProperty": PROPERTY,
        **more,
    }


def thing(**more: Any) -> dict[str, Any]:
    """Return a Thing at a Location with one Datastream."""
    return {
        "name": "气象站",
        "description": "自动气象站",
        "properties": {"owner": "气象局", "height": 2},
        "Locations": [LOCATION],
        "Datastreams": [datastream()],
        **more,
    }


async def made(ask: Ask, entities: str, body: dict[str, Any]) -> int:
    """Make an entity; return its id."""
    answer = await ask("POST", entities, body)
    assert answer.status == 201, answer.body
    return answer.id


async def only(ask: Ask, path: str) -> dict[str, Any]:
    """Return the one entity of a collection."""
    answer = await ask("GET", path)
    assert answer.status == 200, answer.body
    (found,) = answer.json["value"]
    assert isinstance(found, dict)
    return found


async def stream_with(ask: Ask, *results: Any) -> tuple[int, list[int]]:
    """Make a Thing whose Datastream holds these results, an hour apart from 2015-03-01; return ids."""
    await made(ask, "Things", thing())
    number = (await only(ask, "Datastreams"))["@iot.id"]
    ids = []
    for hour, result in enumerate(results):
        body = {"phenomenonTime": f"2015-03-01T{hour:02d}:00:00.000Z", "result": result}
        ids.append(await made(ask, f"Datastreams({number})/Observations", body))
    return number, ids
