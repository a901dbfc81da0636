"""Pages of types, products, groups, lists, orders, firmware and of one device: they open, act, and refuse."""

import io
import json
from collections.abc import Callable
from http import HTTPStatus

import pytest
from django.test import Client

from onecity.kernel.actor import system_actor
from onecity.platform.identity.tests.factories import Organisation, make_actor, make_organisation
from onecity.platform.iot.contracts import DeviceFilter
from onecity.platform.iot.contracts.firmware import NewCampaign, NewFirmware
from onecity.platform.iot.contracts.types import ProductFacts
from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.models import (
    AllowedDevice,
    Campaign,
    ClaimCode,
    CommandBatch,
    Device,
    DeviceCertificate,
    DeviceCommand,
    DeviceGroup,
    DeviceImport,
    DeviceShadow,
    Firmware,
    Product,
    TypeEdition,
)
from onecity.platform.iot.permissions import VIEW_DEVICES
from onecity.platform.iot.services.firmware.campaigns import make_campaign
from onecity.platform.iot.services.firmware.packages import add_firmware
from onecity.platform.iot.services.groups import make_group
from onecity.platform.iot.services.imports import ask_import, run_import
from onecity.platform.iot.services.provisioning.claims import issue_claim_code
from onecity.platform.iot.services.types import create_product, draft_type, publish_type
from onecity.platform.iot.tests.devices.documents import METER
from onecity.platform.iot.tests.devices.test_provisioning import request_pem
from onecity.platform.iot.tests.factories import NOW, make_device
from onecity.platform.iot.tests.visiting import body, client_of

pytestmark = pytest.mark.django_db
SYSTEM = system_actor("test")


@pytest.fixture(autouse=True)
def _storage(settings: object, tmp_path: object) -> None:
    settings.MEDIA_ROOT = str(tmp_path)  # type: ignore[attr-defined]  # pytest-django's settings


@pytest.fixture
def meter(organisation: Organisation) -> Device:
    number = draft_type(SYSTEM, code="city.meter", content=METER, now=NOW)
    publish_type(SYSTEM, edition_id=number, keep_devices=False, now=NOW)
    return make_device("M1", type_code="city.meter", protocol=Protocol.MQTT, organisation=organisation)


def sent(client: Client, url: str, **given: object) -> str:
    """Post a form; returns where it led."""
    response = client.post(url, given)
    assert response.status_code == HTTPStatus.FOUND, response.content.decode()[-3000:]
    return response.headers["Location"]


def test_type_is_drafted_changed_by_forms_and_published(everywhere: Client) -> None:
    assert "空气测试站" in body(everywhere, "/iot/types")
    assert "细颗粒物" in body(everywhere, "/iot/types/declared/gauge.air")
    assert "gauge.air" not in body(everywhere, "/iot/types/new")
    page = sent(everywhere, "/iot/types/new", code="city.tank", content=json.dumps({"name": "水箱"}))
    sent(everywhere, f"{page}/property", code="level", name="液位", kind="number", unit="m", lowest="0", highest="4.5")
    sent(everywhere, f"{page}/property", code="pump", name="水泵", kind="enumeration", choices="0=停，1=启")
    sent(everywhere, f"{page}/property", code="level", name="液面高度", kind="number", unit="m", lowest="0")
    assert "1=启" in body(everywhere, f"{page}/property?code=pump")
    shown = body(everywhere, page)
    assert "液面高度" in shown
    assert "0=停，1=启" in shown
    sent(everywhere, f"{page}/property/drop", code="pump")
    sent(everywhere, f"{page}/publish")
    row = TypeEdition.objects.get()
    assert (row.state, [item["code"] for item in row.content["properties"]]) == ("published", ["level"])
    assert everywhere.get(f"{page}/json").json()["name"] == "水箱"
    assert everywhere.get(f"{page}/json?shape=common").json()["properties"][0]["identifier"] == "level"


def test_wrong_type_names_its_faults_and_is_not_published(everywhere: Client) -> None:
    page = sent(everywhere, "/iot/types/new", code="city.bad", content=json.dumps({"properties": [{"code": "1"}]}))
    assert "properties.0.code" in body(everywhere, page)
    sent(everywhere, f"{page}/publish")
    assert TypeEdition.objects.get().state == "draft"
    assert everywhere.post("/iot/types/new", {"code": "city.x", "content": "{"}).status_code == 422
    assert everywhere.post("/iot/types/new", {"code": "X", "content": "{}"}).status_code == 422


def test_type_comes_from_a_makers_file(everywhere: Client) -> None:
    file = io.BytesIO(
        json.dumps(
            {
                "services": [],
                "properties": [{"identifier": "t", "name": "温度", "dataType": {"type": "float", "specs": {}}}],
            }
        ).encode()
    )
    file.name = "tsl.json"
    page = sent(everywhere, "/iot/types/new", code="city.tsl", file=file)
    assert "温度" in body(everywhere, page)


def test_next_edition_shows_what_it_changes_and_devices_keep_theirs(everywhere: Client, meter: Device) -> None:
    page = sent(everywhere, "/iot/types/next", code="city.meter")
    sent(everywhere, f"{page}/edit", content=json.dumps({**METER, "name": "水表二版"}), note="改名")
    shown = body(everywhere, page)
    assert "智能水表" in shown
    assert "现有 1 台设备保留原版次" in shown
    sent(everywhere, f"{page}/publish", keep="1")
    old = TypeEdition.objects.get(edition=1)
    assert Device.objects.get(id=meter.id).type_edition == 1
    sent(everywhere, f"/iot/types/{old.id}/move")
    assert Device.objects.get(id=meter.id).type_edition is None
    again = sent(everywhere, "/iot/types/next", code="city.meter")
    sent(everywhere, f"{again}/discard")
    assert everywhere.post(f"/iot/types/{old.id}/edit", {}).status_code == HTTPStatus.CONFLICT
    assert "水表" in everywhere.post("/iot/types/copy", {"from": "gauge.meter"}).content.decode()


def test_product_is_entered_changed_and_given_a_secret_and_a_list(staff: Client, organisation: Organisation) -> None:
    given = {
        "name": "空气站",
        "maker": "甲厂",
        "model": "A-1",
        "type_code": "gauge.air",
        "protocol": "mqtt",
        "organisation_id": organisation.id,
        "mapping": '{"pm": {"property": "pm2_5", "scale": 1000}}',
        "admission": "listed",
    }
    page = sent(staff, "/iot/products/new", **given)
    assert "pm2_5" in body(staff, page)
    sent(staff, f"{page}/change", **{**given, "name": "空气站二型"})
    assert Product.objects.get().name == "空气站二型"
    secret = staff.post(f"{page}/secret")
    assert "ocp_" in secret.content.decode()
    assert secret.headers["Cache-Control"] == "no-store"
    sent(staff, f"{page}/allow", keys="K1，一号\nK2\n")
    assert AllowedDevice.objects.count() == 2
    assert "一号" in body(staff, page)
    assert staff.post(f"{page}/allow", {"keys": "bad key"}).status_code == 422
    assert staff.post("/iot/products/new", {**given, "mapping": "["}).status_code == 422
    assert "空气站二型" in body(staff, "/iot/products?q=甲厂")


def test_device_belongs_to_a_product_a_gateway_and_tags(staff: Client, organisation: Organisation) -> None:
    make_device("GW", organisation=organisation, protocol=Protocol.MQTT)
    device = make_device("D1", organisation=organisation, protocol=Protocol.MQTT)
    facts = ProductFacts("站", "甲", "1", "gauge.air", Protocol.MQTT, organisation.id)
    product = Product.objects.get(id=create_product(SYSTEM, facts=facts, now=NOW))
    sent(
        staff,
        f"/iot/devices/{device.id}/change",
        name="一号站",
        organisation_id=organisation.id,
        product_code=product.code,
        parent_key="GW",
        tags="试点，二期",
    )
    shown = body(staff, f"/iot/devices/{device.id}")
    assert "试点" in shown
    assert "甲 1" in shown
    gateway = Device.objects.get(key="GW")
    assert "一号站" in body(staff, f"/iot/devices/{gateway.id}/children")
    assert "一号站" in body(staff, f"/iot/devices?product={product.id}&tag=试点")


def test_group_is_made_filled_and_dissolved(staff: Client, organisation: Organisation) -> None:
    make_device("D1", organisation=organisation)
    page = sent(staff, "/iot/groups/new", name="重点", organisation_id=organisation.id, kind="static")
    sent(staff, f"{page}/add", search="D1")
    assert "D1" in body(staff, page)
    number = DeviceGroup.objects.get().id
    assert "D1" in body(staff, f"/iot/devices?group={number}")
    other = sent(
        staff, "/iot/groups/new", name="空气", organisation_id=organisation.id, kind="filter", type_code="gauge.air"
    )
    assert "gauge.air" in body(staff, other)
    assert (
        staff.post("/iot/groups/new", {"name": "空", "organisation_id": organisation.id, "kind": "filter"}).status_code
        == 422
    )
    sent(staff, f"{page}/dissolve")
    assert "重点" not in body(staff, "/iot/groups")


def test_large_list_is_watched_and_its_refused_lines_are_mended(staff: Client, organisation: Organisation) -> None:
    header = "设备标识,设备名称,设备类型,接入协议,机构编码"
    lines = (f"K1,表,gauge.meter,mqtt,{organisation.code}", f"K2,表,none,mqtt,{organisation.code}")
    file = io.BytesIO("\n".join((header, *lines)).encode())
    file.name = "表.csv"
    page = sent(staff, "/iot/lists/new", file=file)
    assert "等待处理" in body(staff, page)
    row = DeviceImport.objects.get()
    run_import(SYSTEM, import_id=row.id, step=lambda done, total: None, clock=lambda: NOW, real_clock=lambda: NOW)
    assert "没有这个设备类型" in body(staff, page)
    mended = staff.get(f"{page}/refused.csv").getvalue().decode("utf-8-sig").splitlines()
    assert mended[0].startswith("设备标识,")
    assert mended[1].startswith("K2,表,none,mqtt")
    assert "已完成" in body(staff, "/iot/lists")
    sent(staff, f"{page}/cancel")


def test_waiting_list_is_cancelled(staff: Client, organisation: Organisation) -> None:
    actor = make_actor("iot.manage_devices", organisation=organisation)
    number = ask_import(actor, file=io.BytesIO(b"x"), name="a.csv", size=1, now=NOW)
    sent(client_of(actor), f"/iot/lists/{number}/cancel")
    assert DeviceImport.objects.get().state == "cancelled"
    assert staff.get(f"/iot/lists/{number}").status_code == HTTPStatus.NOT_FOUND


def test_many_are_ordered_on_a_page_and_taken_back(staff: Client, meter: Device) -> None:
    page = sent(staff, "/iot/batches/new", type_code="city.meter", code="turn_valve", arguments='{"opening": 50}')
    assert "M1" not in body(staff, "/iot/batches")
    assert meter.name in body(staff, page)
    sent(staff, f"{page}/cancel")
    assert DeviceCommand.objects.get().state == "cancelled"
    assert CommandBatch.objects.get().total == 1
    wrong = staff.post("/iot/batches/new", {"type_code": "city.meter", "code": "turn_valve", "arguments": "{}"})
    assert wrong.status_code == 422


def test_device_is_ordered_with_typed_arguments(staff: Client, meter: Device) -> None:
    page = f"/iot/devices/{meter.id}/commands"
    assert "开度" in body(staff, page)
    sent(staff, f"{page}/order", code="turn_valve", **{"argument.opening": "30", "argument.why": "检修"})
    row = DeviceCommand.objects.get()
    assert row.arguments == {"opening": 30, "why": "检修"}
    sent(staff, f"{page}/{row.id}/cancel")
    sent(staff, f"{page}/{row.id}/cancel")
    sent(staff, f"{page}/order", code="turn_valve", **{"argument.opening": "300"})
    assert DeviceCommand.objects.get().state == "cancelled"
    assert staff.post("/iot/devices/0/commands/order", {"code": "blink"}).status_code == HTTPStatus.NOT_FOUND


def test_settings_are_desired_on_a_page(staff: Client, meter: Device) -> None:
    page = f"/iot/devices/{meter.id}/settings"
    assert "上报间隔" in body(staff, page)
    sent(staff, f"{page}/desire", name="interval", value="60", version="0")
    sent(staff, f"{page}/desire", name="interval", value="90", version="0")
    sent(staff, f"{page}/desire", name="interval", value="5", version="1")
    assert DeviceShadow.objects.get().desired == {"interval": 60}
    assert "待设备执行" in body(staff, page)


def test_history_and_identity_pages(staff: Client, meter: Device) -> None:
    assert "登记" in body(staff, f"/iot/devices/{meter.id}/history")
    page = f"/iot/devices/{meter.id}/identity"
    assert "BEGIN CERTIFICATE" in staff.post(f"{page}/certificate", {"csr": request_pem()}).content.decode()
    sent(staff, f"{page}/certificate", csr="no")
    number = DeviceCertificate.objects.get().id
    sent(staff, f"{page}/certificate/{number}/revoke", reason="换机")
    assert "已吊销" in body(staff, page)
    assert "ocd_" in staff.post(f"{page}/token").content.decode()
    assert staff.post(f"{page}/claim-code").status_code == HTTPStatus.OK
    ClaimCode.objects.update(claimed_by="account:1")
    sent(staff, f"{page}/claim-code")


def test_device_is_put_elsewhere_on_the_map(staff: Client, meter: Device) -> None:
    sent(staff, f"/iot/devices/{meter.id}/place", longitude="125.3", latitude="43.9")
    sent(staff, f"/iot/devices/{meter.id}/place", longitude="x", latitude="43.9")
    sent(staff, f"/iot/devices/{meter.id}/place", longitude="500", latitude="43.9")
    place = Device.objects.get().location
    assert place is not None
    assert place.coords == (125.3, 43.9)


def test_firmware_is_uploaded_and_brought_to_devices(everywhere: Client, organisation: Organisation) -> None:
    make_device("M1", type_code="gauge.meter", organisation=organisation)
    file = io.BytesIO(b"firmware" * 100)
    file.name = "meter.bin"
    page = sent(everywhere, "/iot/firmware/new", file=file, type_code="gauge.meter", version="2.0")
    assert Firmware.objects.get().sm3 in body(everywhere, page)
    assert "2.0" in body(everywhere, "/iot/firmware")
    made = sent(
        everywhere, f"{page}/campaign", name="升级", batches="50，100", failed_most="20", attempts="3", patience_h="24"
    )
    for action, state in (("start", "running"), ("pause", "paused"), ("start", "running"), ("cancel", "cancelled")):
        sent(everywhere, f"{made}/{action}")
        assert Campaign.objects.get().state == state
    sent(everywhere, f"{made}/start")
    assert everywhere.post(f"{made}/explode").status_code == HTTPStatus.NOT_FOUND
    assert "M1" in body(everywhere, made)
    assert "已取消" in body(everywhere, "/iot/firmware/campaigns")
    sent(everywhere, f"{page}/withdraw")
    bad = everywhere.post(f"{page}/campaign", {"name": "升级", "batches": "x"})
    assert bad.status_code == 422


def test_campaign_and_list_give_their_state_alone_to_the_page_that_asks(organisation: Organisation) -> None:
    actor = make_actor("iot.manage_firmware", "iot.view_devices", everywhere=True)
    make_device("M1", type_code="gauge.meter", organisation=organisation)
    number = add_firmware(
        actor, file=io.BytesIO(b"x"), new=NewFirmware("a.bin", "gauge.meter", "1"), now=NOW, real_now=NOW
    )
    made = make_campaign(actor, new=NewCampaign("升级", number), chosen=DeviceFilter(), now=NOW)
    fragment = body(client_of(actor, fragment=True), f"/iot/firmware/campaigns/{made}")
    assert fragment.lstrip().startswith('<div id="campaign"')


def test_citizen_claims_and_releases_a_device(meter: Device) -> None:
    visitor = client_of(make_actor())
    code = issue_claim_code(SYSTEM, device_id=meter.id, now=NOW.replace(year=2099))
    sent(visitor, "/iot/claim", code=code)
    assert meter.name in body(visitor, "/iot/claim")
    assert visitor.post("/iot/claim", {"code": code}).status_code == 422
    sent(visitor, f"/iot/claim/{meter.id}/release")
    sent(visitor, f"/iot/claim/{meter.id}/release")
    assert meter.name not in body(visitor, "/iot/claim")


VISITS: list[Callable[[Device], str]] = [
    lambda device: f"/iot/devices/{device.id}/settings/desire",
    lambda device: f"/iot/devices/{device.id}/commands/order",
    lambda device: f"/iot/devices/{device.id}/identity/token",
    lambda device: f"/iot/devices/{device.id}/place",
    lambda _: "/iot/types/new",
    lambda _: "/iot/products/new",
    lambda _: "/iot/batches/new",
    lambda _: "/iot/firmware/new",
]


@pytest.mark.parametrize("address", VISITS)
def test_who_may_only_look_changes_nothing(
    meter: Device, organisation: Organisation, address: Callable[[Device], str]
) -> None:
    viewer = client_of(make_actor(VIEW_DEVICES, organisation=organisation))
    assert viewer.post(address(meter), {}).status_code == HTTPStatus.FORBIDDEN
    for tab in ("settings", "commands", "history", "children"):
        assert viewer.get(f"/iot/devices/{meter.id}/{tab}").status_code == HTTPStatus.OK


def test_group_of_another_office_is_not_there(staff: Client) -> None:
    number = make_group(SYSTEM, name="别处", organisation_id=make_organisation().id, now=NOW)
    assert staff.get(f"/iot/groups/{number}").status_code == HTTPStatus.NOT_FOUND
