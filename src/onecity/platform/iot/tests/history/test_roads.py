"""The hot roads to the history: what is asked, in which form it comes, and who may see it."""

import asyncio
import csv
import io
from collections.abc import MutableMapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode

import asyncpg
import mapbox_vector_tile
import numpy as np
import orjson
import pyarrow as pa
import pytest
from django.db import connection

from onecity.platform.identity.tests.factories import HotSignOn, make_actor, make_organisation, open_session
from onecity.platform.iot.permissions import VIEW_ALARMS, VIEW_DEVICES
from onecity.platform.iot.roads import HISTORY_ROADS
from onecity.platform.iot.roads.asked import MOST_NAMES, read
from onecity.platform.iot.rules.lttb import largest_triangles
from onecity.platform.iot.tests.factories import NOW, make_datastream, make_device
from onecity.platform.iot.tests.history.lying import A_DAY, A_MINUTE, AN_HOUR, Row, lay, roll_up
from onecity.web.hot import HotApplication

pytestmark = pytest.mark.django_db(transaction=True)
QUERY = "/api/iot/v1/query"


@dataclass(frozen=True)
class Answer:
    """What a road answered."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return orjson.loads(self.body)


def address_of_database() -> str:
    facts = connection.settings_dict
    name = f"postgresql://{facts['USER']}:{quote(facts['PASSWORD'])}@/{facts['NAME']}"
    return f"{name}?host={quote(facts['HOST'], safe='')}"


def cookie(*, permission: str = VIEW_DEVICES, everywhere: bool = True, **more: Any) -> str:
    return open_session(make_actor(permission, everywhere=everywhere, **more).account_id)


def ask(path: str, *, session: str = "", method: str = "GET", body: bytes = b"", **query: object) -> Answer:
    """Ask as a server would."""
    given = urlencode({name: str(value) for name, value in query.items()})
    return asyncio.run(_asked(path, given, session, method, body))


async def _asked(path: str, query: str, session: str, method: str, body: bytes) -> Answer:
    async def opened() -> asyncpg.Pool:
        return await asyncpg.create_pool(address_of_database(), min_size=1, max_size=2)

    application = HotApplication(HISTORY_ROADS, sign_on=HotSignOn(), open_pool=opened)
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": body}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    headers = [(b"cookie", f"onecity_session={session}".encode()), (b"host", b"city.example")]
    scope: MutableMapping[str, Any] = {
        "type": "http", "method": method, "path": path, "query_string": query.encode(), "headers": headers,
        "client": ("127.0.0.1", 1),
    }  # fmt: skip
    try:
        await application(scope, receive, send)
    finally:
        await application.close()
    start = sent[0]
    named = {name.decode(): value.decode() for name, value in start["headers"]}
    return Answer(start["status"], named, b"".join(message.get("body", b"") for message in sent[1:]))


def stretch(**more: object) -> dict[str, Any]:
    return {"since": (NOW - A_DAY).isoformat(), "until": NOW.isoformat(), **more}


def test_devices_and_properties_are_asked_in_one_call() -> None:
    one, two = make_device("ONE"), make_device("TWO")
    streams = [make_datastream(device, property_code=code).id for device in (one, two) for code in ("pm2_5", "co")]
    lay([(stream, NOW - n * AN_HOUR, float(n), "N") for stream in streams for n in range(1, 4)], now=NOW)
    answer = ask(QUERY, session=cookie(), devices="ONE,TWO", properties="co", step="hour", **stretch())
    assert answer.status == 200
    series = answer.json()["series"]
    assert [(item["device"], item["property"], item["unit"]) for item in series] == [
        ("ONE", "co", "ug/m3"),
        ("TWO", "co", "ug/m3"),
    ]
    assert series[0]["mean"] == [3.0, 2.0, 1.0]
    assert series[0]["readings"] == [1, 1, 1]
    assert series[0]["at"][0] == int((NOW - 3 * AN_HOUR).timestamp() * 1000)


def test_all_devices_of_a_type_may_be_asked() -> None:
    streams = [make_datastream().id for _ in range(3)]
    lay([(stream, NOW - AN_HOUR, 1.0, "N") for stream in streams], now=NOW)
    answer = ask(QUERY, session=cookie(), type="gauge.air", **stretch())
    assert sorted(item["datastream"] for item in answer.json()["series"]) == streams


def test_readings_are_paged_by_key() -> None:
    one, two = make_datastream().id, make_datastream().id
    lay([(stream, NOW - n * A_MINUTE, float(n), "N") for stream in (one, two) for n in range(1, 8)], now=NOW)
    session = cookie()
    found, after = [], ""
    for _ in range(10):
        page = ask(QUERY, session=session, streams=f"{one},{two}", size=3, after=after, **stretch()).json()
        found += [(item["datastream"], at) for item in page["series"] for at in item["at"]]
        after = page["next"] or ""
        if not after:
            break
    assert len(found) == len(set(found)) == 14
    assert found == sorted(found)


def test_reading_carries_its_quality_and_no_number_is_null() -> None:
    stream = make_datastream().id
    lay([(stream, NOW - AN_HOUR, None, "D"), (stream, NOW - A_MINUTE, 2.5, "N")], now=NOW)
    (series,) = ask(QUERY, session=cookie(), streams=stream, **stretch()).json()["series"]
    assert (series["result"], series["quality"]) == ([None, 2.5], "DN")


def test_same_answer_comes_as_csv_and_as_arrow() -> None:
    stream = make_datastream(make_device("KEY")).id
    lay([(stream, NOW - n * AN_HOUR, float(n), "N") for n in range(1, 4)], now=NOW)
    session = cookie()
    text = ask(QUERY, session=session, streams=stream, format="csv", **stretch())
    rows = list(csv.DictReader(io.StringIO(text.body.decode())))
    assert text.headers["content-type"].startswith("text/csv")
    assert [(row["device"], row["result"], row["quality"]) for row in rows] == [
        ("KEY", "3.0", "N"),
        ("KEY", "2.0", "N"),
        ("KEY", "1.0", "N"),
    ]
    table = pa.ipc.open_stream(ask(QUERY, session=session, streams=stream, format="arrow", **stretch()).body).read_all()
    assert table["result"].to_pylist() == [3.0, 2.0, 1.0]
    assert table["at"].to_pylist()[0] == NOW - 3 * AN_HOUR
    hours = ask(QUERY, session=session, streams=stream, format="arrow", step="hour", **stretch()).body
    assert pa.ipc.open_stream(hours).read_all()["mean"].to_pylist() == [3.0, 2.0, 1.0]
    table_of_hours = ask(QUERY, session=session, streams=stream, format="csv", step="hour", **stretch())
    assert b"weighted_mean" in table_of_hours.body


def test_next_page_of_csv_is_in_a_header() -> None:
    stream = make_datastream().id
    lay([(stream, NOW - n * A_MINUTE, float(n), "N") for n in range(1, 8)], now=NOW)
    answer = ask(QUERY, session=cookie(), streams=stream, format="csv", size=3, **stretch())
    assert answer.headers["x-next"].startswith(f"{stream}.")


def test_points_are_kept_by_the_shape_of_the_curve() -> None:
    stream = make_datastream().id
    lay([(stream, NOW - n * A_MINUTE, 1000.0 if n == 500 else 1.0, "N") for n in range(1, 1400)], now=NOW)
    answer = ask(QUERY, session=cookie(), streams=stream, points=50, shape="lttb", **stretch())
    (series,) = answer.json()["series"]
    assert len(series["at"]) == 50
    assert max(series["result"]) == 1000.0


def test_source_and_gaps_are_told() -> None:
    stream = make_datastream().id
    rows: list[Row] = [(stream, NOW - n * A_MINUTE, 1.0, "N") for n in range(1, 24 * 60) if not 300 <= n < 600]
    lay(rows, now=NOW)
    roll_up(NOW)
    answer = ask(QUERY, session=cookie(), streams=stream, step="hour", **stretch()).json()
    assert answer["sources"]["hour"] > 0
    assert len(answer["series"][0]["gaps"]) == 1


def test_question_may_stand_in_a_body_of_a_program() -> None:
    stream = make_datastream().id
    lay([(stream, NOW - AN_HOUR, 1.0, "N")], now=NOW)
    body = orjson.dumps({**stretch(), "streams": [stream], "step": "hour"})
    assert ask(QUERY, method="POST", body=body, session=cookie()).status == 401  # a cookie alone does not post
    assert ask(QUERY, method="POST", body=b"[]").status in {401, 403}


def test_who_may_not_see_devices_is_turned_away() -> None:
    stream = make_datastream().id
    assert ask(QUERY, streams=stream, **stretch()).status == 401
    assert ask(QUERY, session=cookie(permission=VIEW_ALARMS), streams=stream, **stretch()).status == 403


def test_devices_of_another_office_are_not_there() -> None:
    own, other = make_organisation("本单位"), make_organisation("外单位")
    mine = make_datastream(make_device("MINE", organisation=own)).id
    theirs = make_datastream(make_device("THEIRS", organisation=other)).id
    lay([(stream, NOW - AN_HOUR, 1.0, "N") for stream in (mine, theirs)], now=NOW)
    session = cookie(everywhere=False, organisation=own)
    assert ask(QUERY, session=session, streams=theirs, **stretch()).status == 404
    assert ask(QUERY, session=session, devices="THEIRS", **stretch()).status == 404
    (series,) = ask(QUERY, session=session, type="gauge.air", **stretch()).json()["series"]
    assert series["device"] == "MINE"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"streams": "x"}, "streams"),
        ({"streams": "1", "since": "2026-03-01"}, "since"),
        ({"streams": "1", "step": "7h"}, "step"),
        ({"streams": "1", "shape": "round"}, "shape"),
        ({"streams": "1", "format": "xml"}, "format"),
        ({"streams": "1", "points": "99999"}, "points"),
        ({"streams": "1", "after": "now"}, "after"),
        ({"streams": "1", "periods": "year"}, "periods"),
        ({"streams": ",".join(map(str, range(MOST_NAMES + 1)))}, "streams"),
        ({}, "streams"),
        ({"streams": "1", "until": (NOW - 2 * A_DAY).isoformat()}, "until"),
    ],
)
def test_question_that_cannot_be_answered_names_the_field(given: dict[str, str], field: str) -> None:
    make_datastream()
    first = make_datastream().id
    asked: dict[str, Any] = {**stretch(), **given}
    if given.get("streams") == "1":
        asked["streams"] = str(first)
    answer = ask(QUERY, session=cookie(), **asked)
    assert answer.status == 422
    assert set(answer.json()["errors"] if "errors" in answer.json() else answer.json()["fields"]) == {field}


def test_plus_sign_of_a_zone_may_have_become_a_space() -> None:
    question = read({"streams": "1", "since": "2026-03-01T00:00:00 08:00", "until": NOW.isoformat()})
    assert question.since.utcoffset() == timedelta(hours=8)


def test_names_may_come_as_a_list_and_the_empty_kind_is_a_kind() -> None:
    question = read({**stretch(), "devices": ["A", "B"], "sub_values": "avg,"})
    assert (question.devices, question.sub_values) == (("A", "B"), ("avg", ""))


def test_latest_values_are_points_of_a_tile() -> None:
    here, there = make_device(place=(125.3, 43.9)), make_device(place=(125.31, 43.91))
    make_device(place=(125.3, 43.9), type_code="gauge.meter")
    streams = [make_datastream(device).id for device in (here, there)]
    lay([(streams[0], NOW - AN_HOUR, 7.0, "N"), (streams[1], NOW, 9.0, "M")], now=NOW)
    answer = ask("/api/iot/v1/latest/gauge.air/pm2_5/8/217/93", session=cookie())
    assert answer.status == 200
    layer = mapbox_vector_tile.decode(answer.body)["latest"]
    assert {(item["id"], item["properties"]["value"], item["properties"]["quality"]) for item in layer["features"]} == {
        (here.id, 7.0, "N"),
        (there.id, 9.0, "M"),
    }


def test_point_lies_where_postgis_would_put_it() -> None:
    device = make_device(place=(125.3, 43.9))
    lay([(make_datastream(device).id, NOW, 1.0, "N")], now=NOW)
    body = ask("/api/iot/v1/latest/gauge.air/pm2_5/12/3473/1490", session=cookie()).body
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_AsText(ST_AsMVTGeom(ST_Transform(ST_SetSRID(ST_MakePoint(125.3, 43.9), 4326), 3857),"
            " ST_TileEnvelope(12, 3473, 1490), 4096, 64, false))"
        )
        expected = cursor.fetchone()[0]
    (feature,) = mapbox_vector_tile.decode(body, default_options={"y_coord_down": True})["latest"]["features"]
    x, y = feature["geometry"]["coordinates"]
    px, py = (float(text) for text in expected.removeprefix("POINT(").removesuffix(")").split())
    assert (abs(x - px) <= 1, abs(y - py) <= 1) == (True, True)


def test_tile_without_devices_is_empty_and_scope_holds() -> None:
    own, other = make_organisation("本单位"), make_organisation("外单位")
    device = make_device(place=(125.3, 43.9), organisation=other)
    lay([(make_datastream(device).id, NOW, 1.0, "N")], now=NOW)
    path = "/api/iot/v1/latest/gauge.air/pm2_5/8/217/93"
    assert ask(path, session=cookie(everywhere=False, organisation=own)).status == 204
    assert ask(path, session=cookie()).status == 200
    assert ask(path, session=cookie(), period="year").status == 404
    assert ask(path).status == 401


def test_largest_triangles_keep_first_last_and_peak() -> None:
    at = np.arange(1_000, dtype=np.int64)
    value = np.sin(at / 50)
    value[437] = 40.0
    kept = largest_triangles(at, value, points=30)
    assert (kept[0], kept[-1], len(kept)) == (0, 999, 30)
    assert 437 in kept
    assert np.all(np.diff(kept) > 0)
    assert np.array_equal(largest_triangles(at[:5], value[:5], points=30), np.arange(5))
