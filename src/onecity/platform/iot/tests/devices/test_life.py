"""A device's life: activated by its first word, silent, faulty, retired, each with its history; counts stay exact."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onecity.kernel.actor import organisation_key, system_actor
from onecity.kernel.errors import Invalid
from onecity.platform.identity.tests.factories import make_organisation, plain_actor
from onecity.platform.iot.contracts import DeviceFilter, NewDevice
from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.models import Device, DeviceHistory, DeviceTally
from onecity.platform.iot.permissions import VIEW_DEVICES
from onecity.platform.iot.selectors.devices import DeviceQuery, devices, state_counts
from onecity.platform.iot.services.devices import (
    DeviceChanges,
    change_device,
    place_device,
    register_device,
    restore_device,
    retire_device,
)
from onecity.platform.iot.services.groups import GroupExists, add_members, dissolve_group, make_group, remove_members
from onecity.platform.iot.services.life import KEPT, drop_old_history, fold_tallies
from onecity.platform.iot.services.presence import mark_seen, mark_silent
from onecity.platform.iot.tests.factories import NOW, make_device

pytestmark = pytest.mark.django_db
SYSTEM = system_actor("test")


def told(device_id: int) -> list[tuple[str, str, str]]:
    rows = DeviceHistory.objects.filter(device_id=device_id).order_by("id")
    return list(rows.values_list("kind", "before", "after"))


def test_first_word_activates_and_later_ones_do_not() -> None:
    device = make_device()
    mark_seen([device.id], faulty=[], now=NOW)
    mark_seen([device.id], faulty=[], now=NOW + timedelta(minutes=1))
    assert told(device.id) == [
        ("registered", "", "registered"),
        ("activated", "", ""),
        ("online", "registered", "online"),
    ]
    row = Device.objects.get()
    assert (row.activated_at, row.last_seen_at) == (NOW, NOW + timedelta(minutes=1))


def test_history_tells_faults_silence_and_the_end() -> None:
    device = make_device()
    mark_seen([device.id], faulty=[device.id], now=NOW)
    mark_silent(NOW + timedelta(days=1))
    retire_device(SYSTEM, device_id=device.id, reason="拆除", now=NOW)
    restore_device(SYSTEM, device_id=device.id)
    assert [kind for kind, _, _ in told(device.id)] == [
        "registered",
        "activated",
        "faulty",
        "silent",
        "retired",
        "restored",
    ]
    assert DeviceHistory.objects.get(kind="retired").reason == "拆除"


def test_old_comings_and_goings_are_forgotten_and_what_people_did_is_not() -> None:
    device = make_device()
    mark_seen([device.id], faulty=[], now=NOW)
    drop_old_history(NOW + KEPT + timedelta(seconds=1))
    assert [kind for kind, _, _ in told(device.id)] == ["registered", "activated"]


def counted() -> dict[str, int]:
    return {state: number for state, number in state_counts(SYSTEM).items() if number}


STEPS = st.lists(st.sampled_from(["make", "see", "silence", "move", "delete", "fold"]), max_size=12)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(STEPS)
def test_counts_are_what_counting_gives(steps: list[str]) -> None:
    organisation = make_organisation()
    for step in steps:
        if step == "make":
            make_device(organisation=organisation)
        elif step == "see":
            mark_seen(list(Device.objects.values_list("id", flat=True)[:2]), faulty=[], now=NOW)
        elif step == "silence":
            mark_silent(NOW + timedelta(days=1))
        elif step == "move":
            Device.objects.update(division_code="220102")
        elif step == "delete":
            DeviceHistory.objects.all().delete()
            Device.objects.filter(state="registered").delete()
        else:
            fold_tallies()
    found: dict[str, int] = {}
    for state in Device.objects.values_list("state", flat=True):
        found[state] = found.get(state, 0) + 1
    assert counted() == found
    Device.objects.all().delete()


def test_many_changes_of_counts_are_folded_into_few_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onecity.platform.iot.services.life._MOST_TALLIES", 1)
    organisation = make_organisation()
    for _ in range(4):
        make_device(organisation=organisation)
    assert fold_tallies()
    assert DeviceTally.objects.get().number == 4
    assert not fold_tallies()


def test_children_hang_on_a_gateway_and_gateways_do_not() -> None:
    gateway, other = make_device("GW"), make_device("OTHER")
    child = replace(new_device("C1"), parent_key="GW", tags=("试点",), link={"every_s": 900})
    number = register_device(SYSTEM, new=child, now=NOW)
    row = Device.objects.get(id=number)
    assert (row.parent_id, row.tags, row.link) == (gateway.id, ["试点"], {"every_s": 900})
    for parent, key in (("C1", "C2"), ("NONE", "C2"), ("C2", "C2")):
        with pytest.raises(Invalid) as refusal:
            register_device(SYSTEM, new=replace(child, key=key, parent_key=parent), now=NOW)
        assert list(refusal.value.fields) == ["parent_key"]
    with pytest.raises(Invalid) as refusal:
        change_device(SYSTEM, device_id=gateway.id, changes=replace(as_it_is(gateway), parent_key=other.key))
    assert list(refusal.value.fields) == ["parent_key"]


def new_device(key: str) -> NewDevice:
    return NewDevice(key, "测试", "gauge.air", Protocol.HJ212, make_organisation().id)


def as_it_is(device: Device) -> DeviceChanges:
    return DeviceChanges(device.name, device.organisation_id, "", None, "")


def test_tags_and_gateway_can_be_changed_and_taken_away() -> None:
    make_device("GW")
    device = make_device("D")
    change_device(SYSTEM, device_id=device.id, changes=replace(as_it_is(device), parent_key="GW", tags=("一", "二")))
    assert Device.objects.get(key="D").tags == ["一", "二"]
    change_device(SYSTEM, device_id=device.id, changes=as_it_is(device))
    assert Device.objects.get(key="D").parent_id is not None
    change_device(SYSTEM, device_id=device.id, changes=replace(as_it_is(device), parent_key="", tags=()))
    row = Device.objects.get(key="D")
    assert (row.parent_id, row.tags) == (None, [])


@pytest.mark.parametrize(("changes", "field"), [({"tags": ("",)}, "tags"), ({"product_code": "p0"}, "product_code")])
def test_wrong_belongings_are_named(changes: dict[str, object], field: str) -> None:
    device = make_device()
    with pytest.raises(Invalid) as refusal:
        change_device(SYSTEM, device_id=device.id, changes=replace(as_it_is(device), **changes))  # type: ignore[arg-type]  # named
    assert list(refusal.value.fields) == [field]


def test_device_moves_on_the_map_within_the_world() -> None:
    device = make_device()
    place_device(SYSTEM, device_id=device.id, place=(125.32, 43.88))
    assert devices(SYSTEM, DeviceQuery()).rows[0].longitude == 125.32
    with pytest.raises(Invalid):
        place_device(SYSTEM, device_id=device.id, place=(125.32, 143.88))


def found(chosen: DeviceFilter) -> set[str]:
    return {row.key for row in devices(SYSTEM, DeviceQuery(more=chosen)).rows}


def test_list_is_narrowed_by_whatever_a_filter_names() -> None:
    gateway = make_device("GW", division="220102003")
    child = make_device("CHILD")
    Device.objects.filter(id=child.id).update(parent_id=gateway.id, tags=["试点"], firmware_version="1.0")
    assert found(DeviceFilter(parent_id=gateway.id)) == {"CHILD"}
    assert found(DeviceFilter(tag="试点")) == {"CHILD"}
    assert found(DeviceFilter(firmware_version="1.0")) == {"CHILD"}
    assert found(DeviceFilter(division_code="220102")) == {"GW"}
    assert found(DeviceFilter(organisation_id=gateway.organisation_id)) == {"GW"}
    assert found(DeviceFilter(search="chi")) == {"CHILD"}


def test_group_by_hand_and_group_by_filter() -> None:
    organisation = make_organisation()
    one, two = make_device("ONE"), make_device("TWO", type_code="gauge.meter")
    static = make_group(SYSTEM, name="重点", organisation_id=organisation.id, now=NOW)
    assert add_members(SYSTEM, group_id=static, chosen=DeviceFilter(type_code="gauge.air")) == 1
    assert add_members(SYSTEM, group_id=static, chosen=DeviceFilter()) == 1
    assert found(DeviceFilter(group_id=static)) == {"ONE", "TWO"}
    assert remove_members(SYSTEM, group_id=static, device_ids=[two.id]) == 1
    assert found(DeviceFilter(group_id=static)) == {one.key}
    meters = make_group(
        SYSTEM, name="水表", organisation_id=organisation.id, now=NOW, chosen=DeviceFilter(type_code="gauge.meter")
    )
    assert found(DeviceFilter(group_id=meters)) == {"TWO"}
    with pytest.raises(Invalid):
        add_members(SYSTEM, group_id=meters, chosen=DeviceFilter())
    with pytest.raises(GroupExists):
        make_group(SYSTEM, name="水表", organisation_id=organisation.id, now=NOW)
    dissolve_group(SYSTEM, group_id=static)
    assert found(DeviceFilter(group_id=static)) == set()


@pytest.mark.parametrize("chosen", [DeviceFilter(), DeviceFilter(group_id=1)])
def test_group_by_nothing_or_by_another_group_is_refused(chosen: DeviceFilter) -> None:
    with pytest.raises(Invalid):
        make_group(SYSTEM, name="空", organisation_id=make_organisation().id, now=NOW, chosen=chosen)


def test_group_shows_nobody_more_than_they_may_see() -> None:
    group = make_group(SYSTEM, name="全部", organisation_id=make_organisation().id, now=NOW)
    make_device()
    add_members(SYSTEM, group_id=group, chosen=DeviceFilter())
    elsewhere = plain_actor(VIEW_DEVICES, keys=frozenset({organisation_key(make_organisation().id)}))
    assert devices(elsewhere, DeviceQuery(more=DeviceFilter(group_id=group))).rows == []
