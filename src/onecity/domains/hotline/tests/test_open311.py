"""Open311 both ways: an independent client against our server over a socket, and our client against a server."""

import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import orjson
import pytest
from django.test import Client
from georeport import GeoReport
from hypothesis import given
from hypothesis import strategies as st

from onecity.domains.hotline.models import Demand, Open311Endpoint, Open311Key, ServiceRequest
from onecity.domains.hotline.rules.open311 import LONGEST_SPAN, read_moment, span_of, written_moment, xml_of
from onecity.domains.hotline.services.open311 import issue_key
from onecity.domains.hotline.services.open311_client import EndpointSilent, pull, set_endpoint
from onecity.domains.hotline.tests.factories import INSIDE, NOISE, SYSTEM, Desks, kept, make_demand
from onecity.kernel import clock
from onecity.kernel.errors import Invalid, NotFound, NotPermitted

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


@pytest.fixture
def key(desks: Desks, now: datetime) -> str:
    return issue_key(desks.leader, name="市民随手拍", now=now)


def post(client: Client, key: str, **facts: str) -> Any:
    form = {
        "api_key": key,
        "service_code": NOISE,
        "lat": str(INSIDE[1]),
        "long": str(INSIDE[0]),
        "description": "夜间施工噪声",
        **facts,
    }
    return client.post("/open311/v2/requests.json", form)


def test_discovery_names_the_endpoint_and_its_formats(client: Client, db: None) -> None:
    found = client.get("/open311/discovery.json").json()
    assert found["endpoints"][0]["specification"] == "http://wiki.open311.org/GeoReport_v2"
    assert found["endpoints"][0]["url"].endswith("/open311/v2")
    top = ET.fromstring(client.get("/open311/discovery.xml").content)
    assert [item.text for item in top.findall("endpoints/endpoint/formats/format")] == ["application/json", "text/xml"]


def test_services_are_the_topics_in_both_formats(desks: Desks, client: Client) -> None:
    rows = client.get("/open311/v2/services.json").json()
    assert {"service_code", "service_name", "description", "metadata", "type", "keywords", "group"} == set(rows[0])
    noise = next(row for row in rows if row["service_code"] == NOISE)
    assert (noise["service_name"], noise["group"], noise["type"]) == ("噪声扰民", "环境保护与资源", "realtime")
    answer = client.get("/open311/v2/services.xml")
    assert answer["Content-Type"].startswith("text/xml")
    codes = [item.text for item in ET.fromstring(answer.content).findall("service/service_code")]
    assert codes == [row["service_code"] for row in rows]


def test_service_definition_asks_for_the_kind(desks: Desks, client: Client) -> None:
    found = client.get(f"/open311/v2/services/{NOISE}.json").json()
    assert found["attributes"][0]["datatype"] == "singlevaluelist"
    top = ET.fromstring(client.get(f"/open311/v2/services/{NOISE}.xml").content)
    assert "complaint" in [item.text for item in top.findall("attributes/attribute/values/value/key")]
    assert client.get("/open311/v2/services/040000.json").status_code == HTTPStatus.NOT_FOUND


def test_request_is_taken_in_with_a_key(desks: Desks, key: str, client: Client) -> None:
    answer = post(client, key, **{"attribute[kind]": "help", "phone": "13912345678", "first_name": "小明"})
    assert answer.status_code == HTTPStatus.OK
    row = kept(answer.json()[0]["service_request_id"])
    assert (row.kind, row.topic_code, row.source_code) == ("help", NOISE, "hotline.open311")
    assert ServiceRequest.objects.get().key == Open311Key.objects.get()


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ({"api_key": "guessed"}, 403),
        ({"api_key": ""}, 403),
        ({"service_code": ""}, 400),
        ({"service_code": "999999"}, 400),
        ({"lat": "", "long": ""}, 400),
        ({"lat": "north"}, 400),
        ({"lat": "1", "long": "1"}, 400),
        ({"description": ""}, 400),
        ({"attribute[kind]": "wish"}, 400),
        ({"jurisdiction_id": "boston.gov"}, 404),
    ],
)
def test_wrong_request_is_refused_as_the_standard_has_it(
    desks: Desks, key: str, client: Client, facts: dict[str, str], status: int
) -> None:
    answer = post(client, key, **facts)
    assert answer.status_code == status
    assert [item["code"] for item in answer.json()] == [status]
    assert Demand.objects.count() == 0


def test_error_in_xml_is_a_list_of_errors(desks: Desks, client: Client) -> None:
    answer = client.get("/open311/v2/requests/1.xml")
    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert ET.fromstring(answer.content).findtext("error/code") == "404"
    assert client.get("/open311/v2/services.csv")["Content-Type"].startswith("application/json")


def test_key_that_was_taken_back_opens_nothing(desks: Desks, key: str, client: Client) -> None:
    Open311Key.objects.update(is_active=False)
    assert post(client, key).status_code == HTTPStatus.FORBIDDEN


def test_requests_are_filtered(desks: Desks, key: str, client: Client) -> None:
    number = post(client, key).json()[0]["service_request_id"]

    def found(query: str) -> list[str]:
        return [row["service_request_id"] for row in client.get(f"/open311/v2/requests.json?{query}").json()]

    assert found("") == found("status=open") == found(f"service_code={NOISE},050200") == [number]
    assert found("status=open,closed") == [number]
    assert found("status=closed") == found("service_code=050200") == []
    assert found("start_date=2001-01-01T00:00:00Z&end_date=2001-02-01T00:00:00Z") == []
    assert found(f"service_request_id={number},1&start_date=2001-01-01T00:00:00Z") == [number]
    for query in ("status=late", "start_date=yesterday"):
        assert client.get(f"/open311/v2/requests.json?{query}").status_code == HTTPStatus.BAD_REQUEST


def test_only_what_came_by_open311_is_told(desks: Desks, now: datetime, client: Client) -> None:
    number = make_demand(desks, now=clock.city_now())
    assert client.get("/open311/v2/requests.json").json() == []
    assert client.get(f"/open311/v2/requests/{number}.json").status_code == HTTPStatus.NOT_FOUND


def test_request_tells_its_state_and_nothing_of_the_caller(desks: Desks, key: str, client: Client) -> None:
    number = post(client, key, phone="13912345678", first_name="小明").json()[0]["service_request_id"]
    answer = client.get(f"/open311/v2/requests/{number}.json")
    row = answer.json()[0]
    assert (row["status"], row["lat"], row["long"]) == ("open", INSIDE[1], INSIDE[0])
    assert "13912345678" not in answer.content.decode()
    assert "小明" not in answer.content.decode()
    top = ET.fromstring(client.get(f"/open311/v2/requests/{number}.xml").content)
    assert top.findtext("request/service_request_id") == number


def test_token_leads_to_the_request(desks: Desks, key: str, client: Client) -> None:
    number = post(client, key).json()[0]["service_request_id"]
    token = ServiceRequest.objects.get().token
    assert client.get(f"/open311/v2/tokens/{token}.json").json()[0]["service_request_id"] == number
    assert client.get("/open311/v2/tokens/none.json").status_code == HTTPStatus.NOT_FOUND


def test_key_is_issued_by_whoever_configures(desks: Desks, now: datetime) -> None:
    with pytest.raises(NotPermitted):
        issue_key(desks.agent, name="x", now=now)
    with pytest.raises(Invalid):
        issue_key(desks.leader, name=" ", now=now)


def over_a_socket(client: Client, talk: Callable[[str], Any]) -> Any:
    """Let somebody talk to our pages over a socket; pages are answered here, in the test's own transaction."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.answer(client.get(self.path))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.answer(client.generic("POST", self.path, body, content_type=self.headers["Content-Type"]))

        def answer(self, said: Any) -> None:
            self.send_response(said.status_code)
            self.send_header("Content-Type", said["Content-Type"])
            self.send_header("Content-Length", str(len(said.content)))
            self.end_headers()
            self.wfile.write(said.content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server, ThreadPoolExecutor(1) as pool:
        server.timeout = 0.05
        said = pool.submit(talk, f"http://127.0.0.1:{server.server_port}/open311/v2/")
        while not said.done():
            server.handle_request()
        return said.result()


@pytest.mark.parametrize("wanted", ["json", "xml"])
def test_independent_client_reads_services_and_requests(desks: Desks, key: str, client: Client, wanted: str) -> None:
    number = post(client, key).json()[0]["service_request_id"]

    def talk(url: str) -> tuple[Any, Any, Any]:
        city = GeoReport(url, output_format=wanted)
        return city.get_service_list(), city.get_service_definition(NOISE), city.get_service_requests(status="open")

    services, definition, found = over_a_socket(client, talk)
    assert NOISE in [item["service_code"] for item in services]
    assert "complaint" in str(definition["attributes"])
    row = found[0] if isinstance(found, list) else found
    assert (row["service_request_id"], row["description"]) == (number, "夜间施工噪声")


def test_independent_client_reads_one_request(desks: Desks, key: str, client: Client) -> None:
    number = post(client, key).json()[0]["service_request_id"]
    found = over_a_socket(client, lambda url: GeoReport(url).get_service_request(number))
    assert (found["service_request_id"], found["status"]) == (number, "open")


def test_request_is_posted_over_a_socket_and_answered_in_xml(desks: Desks, key: str, client: Client) -> None:
    form = {"api_key": key, "service_code": NOISE, "lat": INSIDE[1], "long": INSIDE[0], "description": "路灯不亮"}
    said = over_a_socket(client, lambda url: httpx.post(f"{url}requests.xml", data=form, trust_env=False).content)
    assert kept(ET.fromstring(said).findtext("request/service_request_id") or "").words == "路灯不亮"


class Foreign:
    """Another city's endpoint on a socket of its own: real HTTP, its own rows."""

    def __init__(self, *, wanted: str = "json") -> None:
        self.wanted = wanted
        self.asked: list[dict[str, str]] = []
        self.rows: dict[str, dict[str, str]] = {}
        self.status, self.body = 200, b""
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, body = endpoint.answer(self.path)
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = Thread(target=self.server.serve_forever, daemon=True)

    def answer(self, path: str) -> tuple[int, bytes]:
        found = urlsplit(path)
        if found.path != f"/requests.{self.wanted}":
            return 404, b""
        if self.status != 200 or self.body:
            return self.status, self.body
        asked = {name: values[0] for name, values in parse_qs(found.query).items()}
        self.asked.append(asked)
        start, end = read_moment(asked["start_date"]), read_moment(asked["end_date"])
        rows = [row for row in self.rows.values() if start <= read_moment(row["requested_datetime"]) <= end][:1000]
        return 200, orjson.dumps(rows) if self.wanted == "json" else xml_of("service_requests", rows)


@pytest.fixture
def foreign() -> Iterator[Foreign]:
    yield from living(Foreign())


def living(endpoint: Foreign) -> Iterator[Foreign]:
    endpoint.thread.start()
    yield endpoint
    endpoint.server.shutdown()
    endpoint.server.server_close()
    endpoint.thread.join()


def told(number: str, at: datetime, **facts: str) -> dict[str, str]:
    return {
        "service_request_id": number,
        "status": "open",
        "service_code": "noise",
        "service_name": "Noise",
        "description": "loud music at night",
        "requested_datetime": str(written_moment(at)),
        "lat": str(INSIDE[1]),
        "long": str(INSIDE[0]),
        "address": "1 Main St",
        **facts,
    }


def test_requests_of_another_endpoint_come_into_the_pool_once(desks: Desks, now: datetime, foreign: Foreign) -> None:
    day = timedelta(days=1)
    foreign.rows = {
        "1": told("1", now - day),
        "2": told("2", now - 2 * day, lat="", long=""),
        "3": told("3", now - day, status="closed"),
        "4": told("4", now - day, description="", service_name=""),
        "5": told("", now - day),
        "6": told("6", now - day, lat="1.0", long="1.0", requested_datetime=str(written_moment(now - day))),
    }
    row = set_endpoint(
        desks.leader, name="邻市", url=f"{foreign.url}/", topics={"noise": NOISE}, jurisdiction_id="x.gov"
    )
    done = pull(row.pk, now=now)
    assert (done.taken, done.known, done.closed) == (4, 0, 0)
    assert done.refused == [("", "service_request_id")]
    assert {item.topic_code for item in Demand.objects.all()} == {NOISE}
    assert foreign.asked[0]["jurisdiction_id"] == "x.gov"
    assert (pull(row.pk, now=now).taken, Demand.objects.count()) == (0, 4)


def test_what_was_closed_there_is_noted_here(desks: Desks, now: datetime, foreign: Foreign) -> None:
    foreign.rows = {"1": told("1", now)}
    row = set_endpoint(desks.leader, name="邻市", url=foreign.url, topics={})
    pull(row.pk, now=now)
    foreign.rows["1"] |= {"status": "closed", "status_notes": "Fixed."}
    assert pull(row.pk, now=now + timedelta(minutes=1)).closed == 1
    assert Demand.objects.get().reply == "Fixed."
    assert pull(row.pk, now=now + timedelta(minutes=2)).known == 1


def test_full_answer_is_asked_for_in_halves(desks: Desks, now: datetime, foreign: Foreign) -> None:
    foreign.rows = {str(item): told(str(item), now - timedelta(minutes=item), status="closed") for item in range(1500)}
    row = set_endpoint(desks.leader, name="邻市", url=foreign.url, topics={})
    pull(row.pk, now=now, first=now - timedelta(days=2))
    assert len(foreign.asked) > 2
    assert Open311Endpoint.objects.get().pulled_to == now


def test_endpoint_that_speaks_xml_alone_is_understood(desks: Desks, now: datetime) -> None:
    for endpoint in living(Foreign(wanted="xml")):
        endpoint.rows = {"1": told("1", now)}
        row = set_endpoint(desks.leader, name="邻市", url=endpoint.url, topics={"noise": NOISE})
        assert pull(row.pk, now=now).taken == 1


@pytest.mark.parametrize(
    ("status", "body"), [(500, b"oops"), (200, b"<html>"), (200, b'{"a": 1}'), (200, b'["a"]'), (404, b"x")]
)
def test_endpoint_that_does_not_keep_the_standard_is_told_of(
    desks: Desks, now: datetime, foreign: Foreign, status: int, body: bytes
) -> None:
    foreign.status, foreign.body = status, body
    row = set_endpoint(desks.leader, name="邻市", url=foreign.url, topics={})
    with pytest.raises(EndpointSilent):
        pull(row.pk, now=now)


@pytest.mark.parametrize("body", [b"<a/>", b"<a", b'<!DOCTYPE a [<!ENTITY x "y">]><service_requests>&x;'])
def test_broken_xml_is_told_of(desks: Desks, now: datetime, body: bytes) -> None:
    for endpoint in living(Foreign(wanted="xml")):
        endpoint.body = body
        row = set_endpoint(desks.leader, name="邻市", url=endpoint.url, topics={})
        with pytest.raises(EndpointSilent):
            pull(row.pk, now=now)


def test_endpoint_is_set_by_whoever_configures(desks: Desks, now: datetime) -> None:
    with pytest.raises(NotPermitted):
        set_endpoint(desks.agent, name="x", url="http://x", topics={})
    with pytest.raises(Invalid):
        set_endpoint(SYSTEM, name="x", url="file:///etc/passwd", topics={})
    with pytest.raises(NotFound):
        pull(0, now=now)


def test_span_is_ninety_days_at_most() -> None:
    day = timedelta(days=1)
    assert span_of(None, None, now=NOW) == (NOW - LONGEST_SPAN, NOW)
    assert span_of(NOW - 200 * day, None, now=NOW) == (NOW - 200 * day, NOW - 110 * day)
    assert span_of(NOW - 200 * day, NOW, now=NOW) == (NOW - LONGEST_SPAN, NOW)
    assert span_of(NOW - day, None, now=NOW) == (NOW - day, NOW)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-03-02T04:00:00Z", NOW),
        ("2026-03-02T12:00:00 08:00", NOW),
        ("2026-03-02", datetime(2026, 3, 2, tzinfo=UTC)),
    ],
)
def test_dates_are_read_as_they_come(text: str, at: datetime) -> None:
    assert read_moment(text) == at
    assert written_moment(None) is None


@given(st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001  # bounds
def test_dates_come_back(at: datetime) -> None:
    assert read_moment(str(written_moment(at))) == at.replace(microsecond=0)


@given(st.text(max_size=50))
def test_any_text_makes_sound_xml(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        return
    top = ET.fromstring(xml_of("services", [{"service_name": text, "metadata": True, "keywords": None}]))
    assert top.findtext("service/metadata") == "true"
