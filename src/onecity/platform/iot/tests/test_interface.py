"""The programming interface: what programs read, register and acknowledge, within their scopes."""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client

from onecity.platform.identity.tests.factories import Organisation, make_actor, make_organisation
from onecity.platform.iot import permissions
from onecity.platform.iot.declare import Period
from onecity.platform.iot.models import Device
from onecity.platform.iot.services.store import Store
from onecity.platform.iot.tests.factories import make_batch, make_datastream, make_device
from onecity.platform.iot.tests.visiting import alarm_of, client_of

pytestmark = pytest.mark.django_db


def read(client: Client, url: str, *, status: int = HTTPStatus.OK) -> Any:
    response = client.get(f"/api/iot{url}")
    assert response.status_code == status, response.content
    return response.json()


def test_devices_are_paged_within_the_scope(staff: Client, organisation: Organisation) -> None:
    keys = {make_device(organisation=organisation).key for _ in range(5)}
    make_device()
    first = read(staff, "/devices?size=3")
    second = read(staff, f"/devices?size=3&after={first['next']}")
    assert {item["key"] for page in (first, second) for item in page["items"]} == keys
    assert second["next"] is None


def test_one_device_is_read_by_its_key(staff: Client, organisation: Organisation) -> None:
    device = make_device("MN-1", organisation=organisation, division="220102", place=(125.3, 43.9))
    found = read(staff, "/devices/MN-1")
    assert (found["id"], found["type"], found["longitude"], found["state"]) == (
        device.id,
        "gauge.air",
        125.3,
        "registered",
    )
    make_device("MN-2")
    assert read(staff, "/devices/MN-2", status=HTTPStatus.NOT_FOUND)["status"] == HTTPStatus.NOT_FOUND


def test_datastreams_come_with_their_newest_reading(staff: Client, organisation: Organisation, today: datetime) -> None:
    device = make_device("MN-1", organisation=organisation)
    full, empty = make_datastream(device), make_datastream(device, property_code="co", period=Period.HOUR)
    Store().record([make_batch((full.id, today, 35.5))], now=today)
    found = {item["id"]: item for item in read(staff, "/devices/MN-1/datastreams")}
    assert (found[full.id]["result"], found[full.id]["unit"], found[full.id]["quality"]) == (35.5, "ug/m3", "N")
    assert (found[empty.id]["result"], found[empty.id]["phenomenon_at"]) == (None, None)


def test_observations_are_paged_oldest_first(staff: Client, organisation: Organisation, today: datetime) -> None:
    stream = make_datastream(make_device(organisation=organisation))
    results = [0.0, None, 2.0, 3.0, 4.0]
    rows = [(stream.id, today - timedelta(minutes=number), result) for number, result in enumerate(results)]
    Store().record([make_batch(*rows)], now=today)
    first = read(staff, f"/datastreams/{stream.id}/observations?size=3")
    second = read(staff, f"/datastreams/{stream.id}/observations?size=3&after={first['next']}")
    assert [item["result"] for page in (first, second) for item in page["items"]] == [4.0, 3.0, 2.0, None, 0.0]
    assert second["next"] is None
    since = (today - timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    until = today.strftime("%Y-%m-%dT%H:%M:%SZ")
    one = read(staff, f"/datastreams/{stream.id}/observations?since={since}&until={until}")
    assert [item["result"] for item in one["items"]] == [None]


def test_observations_of_another_office_are_not_found(staff: Client) -> None:
    read(staff, f"/datastreams/{make_datastream().id}/observations", status=HTTPStatus.NOT_FOUND)
    read(staff, "/datastreams/987654/observations", status=HTTPStatus.NOT_FOUND)


def test_time_without_a_zone_is_refused(staff: Client, organisation: Organisation) -> None:
    stream = make_datastream(make_device(organisation=organisation))
    address = f"/datastreams/{stream.id}/observations?since=2026-03-01T00:00:00"
    assert "since" in read(staff, address, status=HTTPStatus.UNPROCESSABLE_ENTITY)["errors"]


def test_device_is_registered_once_for_one_idempotency_key(staff: Client, organisation: Organisation) -> None:
    given = {
        "key": "MN-9",
        "name": "站",
        "type": "gauge.air",
        "protocol": "mqtt",
        "organisation_id": organisation.id,
        "longitude": 125.3,
        "latitude": 43.9,
    }
    answers = [
        staff.post("/api/iot/devices", given, content_type="application/json", headers={"Idempotency-Key": "k1"})
        for _ in range(2)
    ]
    assert [(answer.status_code, answer.json()["id"]) for answer in answers] == [
        (HTTPStatus.CREATED, Device.objects.get().id)
    ] * 2
    again = staff.post("/api/iot/devices", given, content_type="application/json")
    assert (again.status_code, again.json()["code"]) == (HTTPStatus.CONFLICT, "iot.device_exists")


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"protocol": "smoke"}, "protocol"), ({"latitude": None}, "longitude"), ({"type": "none"}, "type")],
)
def test_wrong_device_is_refused_with_its_field(
    staff: Client, organisation: Organisation, changes: dict[str, object], field: str
) -> None:
    given = {"key": "MN-9", "name": "站", "type": "gauge.air", "protocol": "mqtt", "longitude": 1.0, "latitude": 2.0}
    whole = {**given, "organisation_id": organisation.id, **changes}
    answer = staff.post("/api/iot/devices", whole, content_type="application/json")
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert field in answer.json()["errors"]


def test_device_of_another_office_is_not_registered(staff: Client) -> None:
    other = make_organisation("别的局")
    given = {"key": "MN-9", "name": "站", "type": "gauge.air", "protocol": "mqtt", "organisation_id": other.id}
    answer = staff.post("/api/iot/devices", given, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (HTTPStatus.FORBIDDEN, "iot.outside_scope")


def test_alarms_are_read_and_acknowledged(staff: Client, organisation: Organisation, today: datetime) -> None:
    device = make_device("MN-1", organisation=organisation)
    alarm = alarm_of(device, at=today)
    since = (today - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    listed = read(staff, f"/alarms?state=standing&severity=major&device=MN-1&since={since}")
    assert [(item["id"], item["value"], item["device_key"]) for item in listed["items"]] == [(alarm.id, 120.0, "MN-1")]
    address = f"/api/iot/alarms/{alarm.id}/acknowledge"
    answer = staff.post(address, {"note": "已派人"}, content_type="application/json")
    assert answer.json()["acknowledged_at"] is not None
    assert staff.post(address, {}, content_type="application/json").status_code == HTTPStatus.CONFLICT
    assert read(staff, f"/alarms/{alarm.id}")["rule"] == "test.rule"
    assert read(staff, "/alarms?state=unacknowledged")["items"] == []


@pytest.mark.parametrize("query", ["state=open", "severity=huge", "size=0", "size=501"])
def test_unknown_choice_is_refused(staff: Client, query: str) -> None:
    read(staff, f"/alarms?{query}", status=HTTPStatus.UNPROCESSABLE_ENTITY)


def test_alarm_of_another_office_is_not_found(staff: Client, today: datetime) -> None:
    alarm = alarm_of(make_device("MN-2"), at=today)
    read(staff, f"/alarms/{alarm.id}", status=HTTPStatus.NOT_FOUND)
    read(staff, "/alarms?device=MN-2", status=HTTPStatus.NOT_FOUND)
    assert read(staff, "/alarms")["items"] == []


def test_document_describes_the_operations(staff: Client) -> None:
    paths = staff.get("/api/openapi.json").json()["paths"]
    assert {"get", "post"} <= set(paths["/api/iot/devices"])
    names = {item["name"] for item in paths["/api/iot/devices"]["get"]["parameters"]}
    assert {"q", "type", "state", "after", "size"} <= names


def test_who_may_not_see_devices_reads_none(organisation: Organisation) -> None:
    client = client_of(make_actor(permissions.VIEW_ALARMS, organisation=organisation))
    read(client, "/devices", status=HTTPStatus.FORBIDDEN)
