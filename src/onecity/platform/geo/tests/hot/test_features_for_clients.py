"""OGC API Features as other programs meet it: its definition, headers, and GDAL as an independent client."""

import asyncio
import json
import shutil
import subprocess
from typing import Any

import pytest

from onecity.platform.geo.tests.factories import (
    SOUTH,
    WEST,
    make_city,
    make_place,
    make_tree,
)
from onecity.platform.geo.tests.hot.asking import House, run
from onecity.platform.geo.tests.hot.asking_features import BASE, PLACES, city

pytestmark = pytest.mark.django_db(transaction=True)


def test_definition_describes_each_collection_with_its_own_parameters() -> None:
    make_city()

    async def work() -> None:
        async with city() as here:
            answer = await here.ask("/ogc/api")
            assert answer.headers["content-type"] == "application/vnd.oai.openapi+json;version=3.0"
            document = answer.json()
            items = document["paths"]["/collections/geo.places/items"]["get"]
            assert {p.get("name") for p in items["parameters"]} >= {"kind", "address"}
            assert document["servers"] == [{"url": BASE}]
            assert "/collections/geo.grid/items" not in document["paths"]
            operations = [path["get"]["operationId"] for path in document["paths"].values()]
            assert len(operations) == len(set(operations))
            text = json.dumps(document)
            for reference in {part.split('"')[0] for part in text.split('"#/components/')[1:]}:
                kind, name = reference.split("/")
                assert name in document["components"][kind]

    run(work)


def test_head_answers_without_a_body_and_all_may_read_from_elsewhere() -> None:
    make_place()

    async def work() -> None:
        async with city() as here:
            answer = await here.ask(PLACES, method="HEAD")
            assert (answer.status, answer.body) == (200, b"")
            assert int(answer.headers["content-length"]) > 100
            assert answer.headers["access-control-allow-origin"] == "*"

    run(work)


def test_host_that_is_not_ours_is_refused(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["city.example"]

    async def work() -> None:
        async with city() as here:
            assert (await here.ask("/ogc", host="evil.example")).status == 400
            assert (
                (await here.ask("/ogc", host="city.example:8443"))
                .json()["links"][0]["href"]
                .startswith("http://city.example:8443/")
            )

    run(work)


@pytest.mark.skipif(shutil.which("ogrinfo") is None, reason="needs GDAL's ogrinfo (Debian package gdal-bin)")
def test_gdal_reads_every_feature_through_its_own_client() -> None:
    """GDAL's OAPIF driver pages, filters by box and builds a schema: an implementation that knows nothing of ours."""
    make_tree()
    for number in range(25):
        make_place(f"地点{number}", column=number / 10, row=1)
    told: list[str] = []

    async def work() -> None:
        async with city() as here:
            server = await asyncio.start_server(lambda r, w: serve(here, r, w), "127.0.0.1", 0)
            port = server.sockets[0].getsockname()[1]
            for extra in ([], ["-spat", str(WEST), str(SOUTH), str(WEST + 0.0105), str(SOUTH + 1)]):
                command = ["ogrinfo", "-ro", "-so", *extra, f"OAPIF:http://127.0.0.1:{port}/ogc", "geo.places"]
                done = await asyncio.to_thread(
                    subprocess.run, command, capture_output=True, text=True, check=True, timeout=60
                )
                told.append(done.stdout)
            server.close()

    run(work)
    assert "Geometry: Point" in told[0]
    assert "Feature Count: 25" in told[0]
    assert "address: String" in told[0]
    assert "Feature Count: 11" in told[1]


async def serve(here: House, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Speak enough HTTP for one request and close."""
    request = (await reader.readuntil(b"\r\n\r\n")).decode()
    method, address, _ = request.split("\r\n", 1)[0].split(" ")
    host = next(part[6:] for part in request.split("\r\n") if part.lower().startswith("host: "))
    answer = await here.ask(address, method=method, host=host)
    head = [f"HTTP/1.1 {answer.status} OK", *(f"{name}: {value}" for name, value in answer.headers.items())]
    writer.write("\r\n".join([*head, "connection: close", "", ""]).encode() + answer.body)
    await writer.drain()
    writer.close()
    await writer.wait_closed()
