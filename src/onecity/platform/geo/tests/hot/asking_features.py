"""Asking OGC API Features on the test's own database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from onecity.platform.geo.registries import layers
from onecity.platform.geo.tests.hot.asking import House, house, registry_of, run

PLACES = "/ogc/collections/geo.places/items"
BASE = "http://city.example/ogc"


@asynccontextmanager
async def city() -> AsyncIterator[House]:
    async with house(registry_of(layers())) as opened:
        yield opened


def answers(*addresses: str, session: str = "") -> list[tuple[int, Any]]:
    """Return status and JSON of several addresses."""
    found: list[tuple[int, Any]] = []

    async def work() -> None:
        async with city() as here:
            for address in addresses:
                answer = await here.ask(address, session=session)
                found.append((answer.status, answer.json()))

    run(work)
    return found


def links(document: Any) -> dict[str, str]:
    return {link["rel"]: link["href"] for link in document["links"]}


def names(document: Any) -> list[str]:
    return [feature["properties"]["name"] for feature in document["features"]]
