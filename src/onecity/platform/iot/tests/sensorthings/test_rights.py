"""Who may read and write, and how the city's own devices appear."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.test import override_settings

from onecity.kernel.actor import ANONYMOUS, Actor
from onecity.platform.identity.tests.factories import make_organisation
from onecity.platform.iot.declare import Limits, Protocol
from onecity.platform.iot.models import Alarm, AlarmRule, Device, QuarantinedMessage
from onecity.platform.iot.services.store import Store
from onecity.platform.iot.tests.factories import make_batch, make_datastream, make_device, make_rule
from onecity.platform.iot.tests.sensorthings.house import Ask, program, visit
from onecity.platform.iot.tests.sensorthings.world import made, only, stream_with, thing

pytestmark = pytest.mark.django_db(transaction=True)
AT = datetime(2026, 3, 10, 3, 0, tzinfo=UTC)


def env(**more: Any) -> override_settings:
    return override_settings(ENV=replace(settings.ENV, **more))


def test_stranger_is_refused_unless_the_settings_let_him_in() -> None:
    owner = make_organisation("公开单位")

    async def prepare(ask: Ask) -> None:
        await made(ask, "Things", thing())

    visit(program(owner), prepare)

    async def refused(ask: Ask) -> None:
        for method, path in (("GET", "Things"), ("GET", ""), ("POST", "Things"), ("DELETE", "Things(1)")):
            answer = await ask(method, path, {} if method == "POST" else None)
            assert answer.status == 401
            assert "Bearer" in answer.headers["www-authenticate"]

    visit(ANONYMOUS, refused)

    async def reading(ask: Ask) -> None:
        assert len((await ask("GET", "Things")).json["value"]) == 1
        assert (await ask("POST", "Things", thing())).status == 401

    with env(sensorthings_public=(owner.code,)):
        visit(ANONYMOUS, reading)

    async def writing(ask: Ask) -> None:
        number = await made(ask, "Things", thing())
        assert (await ask("GET", f"Things({number})")).status == 200
        assert (await ask("DELETE", f"Things({number})")).status == 200

    with env(sensorthings_open=owner.code):
        visit(ANONYMOUS, writing)


def test_program_without_the_right_is_refused() -> None:
    async def story(ask: Ask) -> None:
        assert (await ask("GET", "Things")).status == 403

    visit(Actor("client", 9), story)

    async def reader(ask: Ask) -> None:
        assert (await ask("GET", "Things")).status == 200
        assert (await ask("POST", "Things", thing())).status == 403
        batch = {"requests": [{"id": "1", "method": "post", "url": "Things", "body": thing()}]}
        assert (await ask("POST", "$batch", batch)).json["responses"][0]["status"] == 403

    visit(program(write=False), reader)


def test_organisations_do_not_see_or_touch_each_other() -> None:
    found: dict[str, int] = {}

    async def one(ask: Ask) -> None:
        found["stream"], (found["observation"],) = await stream_with(ask, 1)
        found["thing"] = (await only(ask, "Things"))["@iot.id"]
        found["sensor"] = (await only(ask, "Sensors"))["@iot.id"]

    visit(program(), one)

    async def other(ask: Ask) -> None:
        for path in ("Things", "Datastreams", "Observations", "Locations", "Sensors", "FeaturesOfInterest"):
            assert (await ask("GET", path)).json["value"] == []
        for path in (f"Things({found['thing']})", f"Observations({found['observation']})"):
            assert (await ask("GET", path)).status == 404
            assert (await ask("PATCH", path, {"name": "x"})).status in {400, 404}
            assert (await ask("DELETE", path)).status == 404
        assert (await ask("POST", f"Datastreams({found['stream']})/Observations", {"result": 1})).status == 404
        body = {"result": 1, "Datastream": {"@iot.id": found["stream"]}}
        assert (await ask("POST", "Observations", body)).status == 400
        array = [{"Datastream": {"@iot.id": found["stream"]}, "components": ["result"], "dataArray": [[1]]}]
        assert (await ask("POST", "CreateObservations", array)).json[0].startswith("error")
        linked = thing()
        linked["Datastreams"][0]["Sensor"] = {"@iot.id": found["sensor"]}
        assert (await ask("POST", "Things", linked)).status == 400

    visit(program(), other)


def test_device_of_the_city_is_a_thing_with_its_readings() -> None:
    owner = make_organisation("环境局")
    device = make_device("STA0001", organisation=owner, place=(125.3, 43.9), protocol=Protocol.HTTP)
    stream = make_datastream(device)
    Store().record([make_batch((stream.id, AT, 35.5))], now=AT)

    async def story(ask: Ask) -> None:
        shown = await only(ask, "Things?$expand=Locations,Datastreams($expand=Sensor,ObservedProperty)")
        assert (shown["@iot.id"], shown["name"]) == (device.id, device.name)
        assert shown["properties"] == {"key": "STA0001", "type": "gauge.air"}
        assert shown["Locations"][0]["location"] == {"type": "Point", "coordinates": [125.3, 43.9]}
        inner = shown["Datastreams"][0]
        assert inner["phenomenonTime"] == "2026-03-10T03:00:00.000Z/2026-03-10T03:00:00.000Z"
        assert inner["unitOfMeasurement"]["symbol"] == "ug/m3"
        assert (inner["Sensor"]["description"], inner["ObservedProperty"]["name"]) == ("gauge.air", "pm2_5")
        observation = await only(ask, "Observations?$expand=FeatureOfInterest")
        assert (observation["result"], observation["phenomenonTime"]) == (35.5, "2026-03-10T03:00:00.000Z")
        assert observation["FeatureOfInterest"]["feature"]["coordinates"] == [125.3, 43.9]
        assert (await ask("GET", observation["@iot.selfLink"])).status == 200
        for path in (f"Things({device.id})", f"Datastreams({stream.id})", observation["@iot.selfLink"]):
            assert (await ask("DELETE", path)).status == 403, path

    visit(program(owner), story)
    Device.objects.filter(id=device.id).update(name="改名", location="POINT(125.5 43.7)")

    async def moved(ask: Ask) -> None:
        shown = await only(ask, "Things?$expand=Locations")
        assert (shown["name"], shown["Locations"][0]["location"]["coordinates"]) == ("改名", [125.5, 43.7])

    visit(program(owner), moved)


def test_observations_of_a_city_device_keep_the_store_s_rules() -> None:
    owner = make_organisation("环境局")
    stream = make_datastream(make_device("STA0002", organisation=owner, place=(125.3, 43.9)))

    async def story(ask: Ask) -> None:
        path = f"Datastreams({stream.id})/Observations"
        body = {"phenomenonTime": "2026-03-10T03:00:00Z", "result": 35.5}
        first = await made(ask, path, body)
        assert await made(ask, path, body) == first
        assert (await ask("POST", path, {**body, "result": 36})).status == 409
        assert (await ask("POST", path, {**body, "phenomenonTime": "2300-01-01T00:00:00Z"})).status == 400
        assert (await ask("POST", path, {**body, "parameters": {"a": 1}})).status == 400

    visit(program(owner), story)
    assert not QuarantinedMessage.objects.filter(device_key="STA0002").exists()


def test_rules_judge_what_clients_observe() -> None:
    async def story(ask: Ask) -> None:
        stream, _ = await stream_with(ask)
        observed = (await only(ask, "ObservedProperties"))["@iot.id"]
        await _rule(f"op{observed}")
        for _ in range(200):  # the store reads rules again every second
            await made(ask, f"Datastreams({stream})/Observations", {"result": 120})
            if await Alarm.objects.filter(datastream_id=stream, value=120).aexists():
                return
        raise AssertionError("no alarm")

    visit(program(), story)


async def _rule(property_code: str) -> None:
    await sync_to_async(make_rule)(f"test.sta_{property_code}", property_code=property_code, limits=Limits(upper=100.0))
    await AlarmRule.objects.filter(property_code=property_code).aupdate(device_type="iot.sensorthings")
