"""Devices: registered one by one and in bulk, changed, retired, restored; strangers adopted or ignored."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from onecity.kernel.actor import division_key, organisation_key, system_actor
from onecity.kernel.errors import Invalid, NotFound, OneCityError
from onecity.platform.identity.tests.factories import Organisation, audited, make_organisation, plain_actor
from onecity.platform.iot.contracts import Message, NewDevice, Refusal
from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.models import Alarm, Device, QuarantinedMessage, RuleState, UnknownDevice
from onecity.platform.iot.permissions import MANAGE_DEVICES, VIEW_DEVICES
from onecity.platform.iot.selectors.devices import DeviceQuery, device_by_key, device_for, devices, state_counts
from onecity.platform.iot.services.devices import (
    DeviceChanges,
    DeviceExists,
    change_device,
    ignore_unknown,
    register_device,
    register_devices,
    restore_device,
    retire_device,
)
from onecity.platform.iot.services.devices.facts import OutsideScope
from onecity.platform.iot.services.devices.registering import MOST_AT_ONCE
from onecity.platform.iot.services.quarantine.keeping import keep
from onecity.platform.iot.services.store import record
from onecity.platform.iot.tests.factories import NOW, make_batch, make_datastream, make_device, make_rule

pytestmark = pytest.mark.django_db
SYSTEM = system_actor("test")


@pytest.fixture
def organisation() -> Organisation:
    return make_organisation()


@pytest.fixture
def new(organisation: Organisation) -> NewDevice:
    return NewDevice("AIR1", "食品厂站", "gauge.air", Protocol.HJ212, organisation.id, division_code="220102")


def faults(error: OneCityError) -> Mapping[str, str]:
    return error.fields


def test_device_is_registered_with_all_that_was_told(new: NewDevice, organisation: Organisation) -> None:
    told = replace(new, name=" 食品厂站 ", place=(125.3, 43.9), address="人民大街", password="123456")
    number = register_device(SYSTEM, new=replace(told, scales={"a34004": 1000}), now=NOW)
    info = device_for(SYSTEM, number)
    assert (info.key, info.name, info.state, info.protocol) == ("AIR1", "食品厂站", "registered", "hj212")
    assert (info.longitude, info.latitude, info.address, info.division_code) == (125.3, 43.9, "人民大街", "220102")
    row = Device.objects.get(id=number)
    assert row.scales == {"a34004": 1000}
    assert len(row.password_hash) == 64
    assert "123456" not in row.password_hash
    assert audited(f"iot.device:{number}") == [("iot.register_device", "done")]


def test_device_is_registered_once(new: NewDevice) -> None:
    register_device(SYSTEM, new=new, now=NOW)
    with pytest.raises(DeviceExists) as refusal:
        register_device(SYSTEM, new=replace(new, name="另一台"), now=NOW)
    assert "key" in refusal.value.fields
    assert list(Device.objects.values_list("name", flat=True)) == ["食品厂站"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"key": ""}, "key"),
        ({"key": "a b"}, "key"),
        ({"key": "a/b"}, "key"),
        ({"key": "a;b"}, "key"),
        ({"key": "键\u200b"}, "key"),
        ({"key": "x" * 65}, "key"),
        ({"name": "  "}, "name"),
        ({"name": "长" * 81}, "name"),
        ({"type_code": "gauge.none"}, "type_code"),
        ({"division_code": "2201"}, "division_code"),
        ({"division_code": "22010A"}, "division_code"),
        ({"division_code": "２２０１０２"}, "division_code"),
        ({"place": (181.0, 43.0)}, "place"),
        ({"place": (125.0, 91.0)}, "place"),
        ({"address": "路" * 161}, "address"),
        ({"scales": {"a": 0}}, "scales"),
        ({"scales": {"a": float("inf")}}, "scales"),
        ({"organisation_id": 987_654}, "organisation_id"),
    ],
)
def test_fault_is_named_by_its_field(new: NewDevice, changes: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        register_device(SYSTEM, new=replace(new, **changes), now=NOW)  # type: ignore[arg-type]  # wrong on purpose
    assert list(refusal.value.fields) == [field]
    assert not Device.objects.exists()


def test_device_beyond_ones_scope_is_not_registered(new: NewDevice) -> None:
    elsewhere = plain_actor(MANAGE_DEVICES, keys=frozenset({division_key("220103")}))
    with pytest.raises(OutsideScope):
        register_device(elsewhere, new=new, now=NOW)
    here = plain_actor(MANAGE_DEVICES, keys=frozenset({division_key("220102")}))
    assert register_device(here, new=new, now=NOW)


def test_many_are_registered_in_few_statements_and_none_twice(new: NewDevice) -> None:
    register_device(SYSTEM, new=replace(new, key="OLD", name="旧名"), now=NOW)
    many = [replace(new, key=f"K{number}") for number in range(60)] + [replace(new, key="OLD", name="新名")]
    with CaptureQueriesContext(connection) as queries:
        done = register_devices(SYSTEM, new=many, now=NOW)
    assert (len(done.ids), len(done.made), "OLD" in done.made) == (61, 60, False)
    assert Device.objects.get(key="OLD").name == "旧名"
    plain = [query for query in queries.captured_queries if "identity_auditentry" not in query["sql"]]
    assert len(plain) < 12
    assert audited(f"iot.device:{done.ids['K7']}") == [("iot.register_device", "done")]


def test_one_fault_keeps_all_from_being_registered(new: NewDevice) -> None:
    other = plain_actor(MANAGE_DEVICES, keys=frozenset({organisation_key(new.organisation_id)}))
    stranger = make_organisation("别的局")
    many = [new, replace(new, key="bad key"), replace(new, key="K2", organisation_id=stranger.id), replace(new)]
    with pytest.raises(Invalid) as refusal:
        register_devices(other, new=many, now=NOW)
    assert set(refusal.value.fields) == {"0.key", "1.key", "2.organisation_id", "3.key"}
    assert not Device.objects.exists()


def test_too_many_at_once_are_refused(new: NewDevice) -> None:
    with pytest.raises(Invalid):
        register_devices(SYSTEM, new=[replace(new, key=f"K{n}") for n in range(MOST_AT_ONCE + 1)], now=NOW)


def test_stranger_that_is_registered_brings_its_messages_to_its_organisation(new: NewDevice) -> None:
    message = Message(b"##...", "hj212", "10.0.0.1", "AIR1")
    keep([Refusal(message, "unknown_device")], now=NOW)
    number = register_device(SYSTEM, new=new, now=NOW)
    kept = QuarantinedMessage.objects.get()
    assert (kept.device_id, kept.organisation_id, kept.division_code) == (number, new.organisation_id, "220102")
    assert UnknownDevice.objects.get().state == "registered"


def test_ignored_stranger_leaves_the_list_and_is_there_once() -> None:
    keep([Refusal(Message(b"x", "hj212", "10.0.0.1", "WHO"), "unknown_device")], now=NOW)
    stranger = UnknownDevice.objects.get()
    ignore_unknown(SYSTEM, unknown_id=stranger.id)
    assert UnknownDevice.objects.get().state == "ignored"
    with pytest.raises(NotFound):
        ignore_unknown(SYSTEM, unknown_id=stranger.id)


def changed(device: Device, **changes: object) -> DeviceChanges:
    plain = DeviceChanges("新名", device.organisation_id, "220102003", (125.0, 43.0), "新址")
    return replace(plain, **changes)  # type: ignore[arg-type]  # named fields only


def test_change_keeps_the_password_that_is_not_told() -> None:
    device = make_device(password="123456")
    change_device(SYSTEM, device_id=device.id, changes=changed(device))
    row = Device.objects.get()
    assert (row.name, row.division_code, row.address, row.password_hash) == (
        "新名",
        "220102003",
        "新址",
        device.password_hash,
    )
    change_device(SYSTEM, device_id=device.id, changes=changed(device, password=""))
    assert Device.objects.get().password_hash == ""


def test_changed_name_is_found_and_the_old_one_is_not() -> None:
    device = make_device()
    change_device(SYSTEM, device_id=device.id, changes=changed(device, name="净月公园站"))
    assert [item.id for item in devices(SYSTEM, DeviceQuery(search="公园")).rows] == [device.id]
    assert devices(SYSTEM, DeviceQuery(search="测试")).rows == []


def test_change_with_a_fault_changes_nothing() -> None:
    device = make_device()
    with pytest.raises(Invalid) as refusal:
        change_device(SYSTEM, device_id=device.id, changes=changed(device, name=""))
    assert "name" in refusal.value.fields
    assert Device.objects.get().name == device.name


def test_device_cannot_be_changed_out_of_ones_scope() -> None:
    device, other = make_device(), make_organisation("别的局")
    actor = plain_actor(MANAGE_DEVICES, keys=frozenset({organisation_key(device.organisation_id)}))
    with pytest.raises(OutsideScope):
        change_device(actor, device_id=device.id, changes=changed(device, organisation_id=other.id))
    with pytest.raises(NotFound):
        change_device(
            plain_actor(MANAGE_DEVICES, keys=frozenset({organisation_key(other.id)})),
            device_id=device.id,
            changes=changed(device),
        )


def test_retired_device_ends_its_alarms_and_comes_back() -> None:
    make_rule()
    stream = make_datastream()
    record([make_batch((stream.id, NOW, 101.0))], now=NOW)
    retire_device(SYSTEM, device_id=stream.device_id, reason="拆除", now=NOW)
    row = Device.objects.get()
    assert (row.state, row.retired_at, Alarm.objects.get().cleared_at) == ("retired", NOW, NOW)
    assert not RuleState.objects.exists()
    retire_device(SYSTEM, device_id=stream.device_id, reason="再次", now=NOW)
    restore_device(SYSTEM, device_id=stream.device_id)
    restore_device(SYSTEM, device_id=stream.device_id)
    assert Device.objects.get().state == "registered"
    actions = [action for action, _ in audited(f"iot.device:{stream.device_id}")]
    assert actions == ["iot.register_device", "iot.retire_device", "iot.restore_device"]


def test_list_holds_only_what_the_actor_may_see() -> None:
    mine, other, near = make_device(), make_device(), make_device(division="220102003001")
    actor = plain_actor(VIEW_DEVICES, keys=frozenset({organisation_key(mine.organisation_id), division_key("220102")}))
    assert {item.id for item in devices(actor, DeviceQuery()).rows} == {mine.id, near.id}
    assert sum(state_counts(actor).values()) == 2
    with pytest.raises(NotFound):
        device_for(actor, other.id)
    with pytest.raises(NotFound):
        device_by_key(actor, other.key)
    assert devices(plain_actor(), DeviceQuery()).rows == []


def test_list_is_paged_by_key_without_gap_or_double() -> None:
    made = {make_device().id for _ in range(7)}
    seen: list[int] = []
    query = DeviceQuery(size=3)
    while True:
        page = devices(SYSTEM, query)
        seen += [item.id for item in page.rows]
        if page.next is None:
            break
        query = replace(query, after=page.next)
    assert (len(seen), set(seen)) == (7, made)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (DeviceQuery(type_code="gauge.meter"), 1),
        (DeviceQuery(state="online"), 0),
        (DeviceQuery(protocol="mqtt"), 1),
        (DeviceQuery(search="DEV-A"), 1),
        (DeviceQuery(search="测"), 2),
        (DeviceQuery(search="没有的"), 0),
    ],
)
def test_filters_choose(query: DeviceQuery, found: int) -> None:
    make_device("DEV-A", type_code="gauge.meter")
    make_device("OTHER", protocol=Protocol.MQTT)
    assert len(devices(SYSTEM, query).rows) == found
