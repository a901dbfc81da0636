"""Batches and data arrays: requirement classes `batch-request` and `data-array` (OGC 18-088, A.6 and A.8)."""

from typing import Any

import pytest

from onecity.platform.iot.tests.sensorthings.house import BASE, Ask, program, visit
from onecity.platform.iot.tests.sensorthings.world import datastream, made, only, stream_with, thing

pytestmark = pytest.mark.django_db(transaction=True)
SIMPLE = {"name": "a", "description": "b"}
FEATURE = {
    "name": "f",
    "description": "g",
    "encodingType": "application/geo+json",
    "feature": {"type": "Point", "coordinates": [1, 2]},
}


def arrays(first: int, second: int, feature: int) -> list[dict[str, Any]]:
    """Give data arrays for two datastreams and for one that is not there: rows 1, 2, 7 and 8 are wrong."""
    return [
        {
            "Datastream": {"@iot.id": first},
            "components": ["phenomenonTime", "result", "FeatureOfInterest/id"],
            "dataArray@iot.count": 3,
            "dataArray": [
                ["2010-12-23T10:20:00-0700", 20, feature],
                ["2010-12-23T10:21:00-0700", 30, "probablyNotAValidId"],
                ["2010-12-23T10:22:00-0700", 40],
            ],
        },
        {
            "Datastream": {"@iot.id": second},
            "components": ["phenomenonTime", "result"],
            "dataArray": [
                ["2010-12-23T17:20:00Z", 65],
                ["2010-12-23T17:21:00Z", 60.5],
                ["2010-12-23T17:21:00Z", 61],
                ["2010-12-23T17:22:00Z", "text"],
                ["nonsense", 1],
            ],
        },
        {"Datastream": {"@iot.id": 999999}, "components": ["result"], "dataArray": [[1]]},
    ]


def test_create_observations_answers_each_row() -> None:
    async def story(ask: Ask) -> None:
        first, _ = await stream_with(ask)
        owner = (await only(ask, "Things"))["@iot.id"]
        second = await made(ask, f"Things({owner})/Datastreams", datastream())
        feature = await made(ask, "FeaturesOfInterest", FEATURE)
        body = arrays(first, second, feature)
        answer = await ask("POST", "CreateObservations", body)
        assert answer.status == 201
        told = answer.json
        wrong = [place for place, text in enumerate(told) if text.startswith("error")]
        assert (len(told), wrong) == (9, [1, 2, 7, 8])
        results = [20, 65, 60.5, 61, "text"]
        for link, result in zip([text for text in told if not text.startswith("error")], results, strict=True):
            assert (await ask("GET", link)).json["result"] == result
        shown = (await ask("GET", f"{told[0]}?$expand=FeatureOfInterest,Datastream")).json
        assert (shown["FeatureOfInterest"]["@iot.id"], shown["Datastream"]["@iot.id"]) == (feature, first)
        assert shown["phenomenonTime"] == "2010-12-23T17:20:00.000Z"
        assert (await ask("GET", f"Datastreams({second})/Observations/$count")).body == b"4"

    visit(program(), story)


@pytest.mark.parametrize(
    "body", [5, [5], [{"Datastream": {"@iot.id": 1}}], [{"components": ["result"], "dataArray": [[1]]}]]
)
def test_create_observations_of_nonsense_is_refused(body: Any) -> None:
    async def story(ask: Ask) -> None:
        assert (await ask("POST", "CreateObservations", body)).status == 400

    visit(program(), story)


def test_batch_in_json_with_references_and_errors() -> None:
    async def story(ask: Ask) -> None:
        requests = [
            {"id": "1", "method": "post", "url": "Things", "body": SIMPLE},
            {"id": "2", "method": "patch", "url": "$1", "body": {"name": "neu"}},
            {"id": "3", "method": "post", "url": "$1/Datastreams", "body": datastream()},
            {"id": "4", "method": "get", "url": "/v1.1/Things?$select=name"},
            {"id": "5", "method": "get", "url": "Things(999999)"},
            {"id": "6", "method": "delete", "url": "$3"},
            {"id": "7", "method": "trace", "url": "Things"},
        ]
        answer = await ask("POST", "$batch", {"requests": requests})
        assert answer.status == 200
        told = {item["id"]: item for item in answer.json["responses"]}
        assert [told[str(number)]["status"] for number in range(1, 8)] == [201, 200, 201, 200, 404, 200, 400]
        assert told["4"]["body"] == {"value": [{"name": "neu"}]}
        assert told["1"]["headers"]["location"].startswith(f"{BASE}Things(")

    visit(program(), story)


def test_batch_group_is_done_whole_or_not_at_all() -> None:
    async def story(ask: Ask) -> None:
        def group(last: dict[str, Any]) -> dict[str, Any]:
            whole = {**datastream(), "Thing": {"@iot.id": "$t"}}
            return {
                "requests": [
                    {"id": "t", "atomicityGroup": "g", "method": "post", "url": "Things", "body": SIMPLE},
                    {"id": "d", "atomicityGroup": "g", "method": "post", "url": "Datastreams", "body": whole},
                    {"id": "l", "atomicityGroup": "g", "method": "post", "url": "Things", "body": last},
                ]
            }

        failed = (await ask("POST", "$batch", group({"name": "kein"}))).json["responses"]
        assert {item["status"] for item in failed} == {400}
        assert (await ask("GET", "Things")).json["value"] == []
        done = (await ask("POST", "$batch", group(SIMPLE))).json["responses"]
        assert [item["status"] for item in done] == [201, 201, 201]
        assert len((await ask("GET", "Things")).json["value"]) == 2
        assert await only(ask, "Datastreams")

    visit(program(), story)


MULTIPART = """--batch_36522ad7
Content-Type: application/http

GET /v1.1/Things?$select=name HTTP/1.1
Host: localhost


--batch_36522ad7
Content-Type: multipart/mixed; boundary=changeset_77162fcd

--changeset_77162fcd
Content-Type: application/http
Content-Transfer-Encoding: binary
Content-ID: 1

POST /v1.1/Things HTTP/1.1
Host: localhost
Content-Type: application/json

{"name": "aus dem Stapel", "description": "x"}
--changeset_77162fcd
Content-Type: application/http
Content-ID: 2

PATCH $1 HTTP/1.1
Content-Type: application/json

{"description": "y"}
--changeset_77162fcd--
--batch_36522ad7
Content-Type: application/http

GET Things(999999) HTTP/1.1


--batch_36522ad7--
"""


def test_batch_in_multipart_with_a_change_set() -> None:
    async def story(ask: Ask) -> None:
        body = MULTIPART.replace("\n", "\r\n").encode()
        answer = await ask("POST", "$batch", body, content_type="multipart/mixed; boundary=batch_36522ad7")
        assert answer.status == 200
        assert answer.headers["content-type"].startswith("multipart/mixed; boundary=")
        text = answer.body.decode()
        assert text.count("HTTP/1.1 ") == 4
        for line in ("HTTP/1.1 200", "HTTP/1.1 201", "HTTP/1.1 404", "Content-ID: 1", f"Location: {BASE}Things("):
            assert line in text, line
        shown = await only(ask, "Things")
        assert (shown["name"], shown["description"]) == ("aus dem Stapel", "y")

    visit(program(), story)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"{", "application/json"),
        (b"[]", "application/json"),
        (b'{"requests": [5]}', "application/json"),
        (b'{"requests": [{"id": "1"}]}', "application/json"),
        (b'{"requests": [%s, %s]}' % ((b'{"id": "1", "method": "get", "url": "x"}',) * 2), "application/json"),
        (b"nonsense", "multipart/mixed; boundary=x"),
        (b"--x\r\nContent-Type: text/plain\r\n\r\nGET\r\n--x--", "multipart/mixed; boundary=x"),
        (b"--x\r\nContent-Type: application/http\r\n\r\n\r\n--x--", "multipart/mixed; boundary=x"),
    ],
)
def test_batch_that_cannot_be_read_is_refused(body: bytes, content_type: str) -> None:
    async def story(ask: Ask) -> None:
        assert (await ask("POST", "$batch", body, content_type=content_type)).status == 400
        assert (await ask("GET", "Things")).json["value"] == []

    visit(program(), story)


def test_thing_made_within_a_batch_is_seen_by_the_next_request() -> None:
    async def story(ask: Ask) -> None:
        requests = [
            {"id": "a", "method": "POST", "url": f"{BASE}Things", "body": thing()},
            {"id": "b", "method": "GET", "url": "$a/Datastreams?$select=name"},
        ]
        told = (await ask("POST", "$batch", {"requests": requests})).json["responses"]
        assert told[1]["body"] == {"value": [{"name": "气温"}]}

    visit(program(), story)
