"""Desired and reported state: versions, the conflict rule, what is told to the device, history."""

from collections.abc import Mapping

import pytest
from django.db import transaction

from onecity.kernel.actor import system_actor
from onecity.kernel.errors import Invalid, NotFound
from onecity.platform.identity.tests.factories import audited, plain_actor
from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.models import Device, DeviceCommand, ShadowChange
from onecity.platform.iot.permissions import VIEW_DEVICES
from onecity.platform.iot.services.commands import claim_order
from onecity.platform.iot.services.settings import APPLY, TooLarge, VersionConflict, desire, report, state_of
from onecity.platform.iot.services.types import draft_type, publish_type
from onecity.platform.iot.tests.devices.documents import METER
from onecity.platform.iot.tests.factories import NOW, make_device

pytestmark = pytest.mark.django_db
SYSTEM = system_actor("test")


@pytest.fixture
def device() -> Device:
    number = draft_type(SYSTEM, code="city.meter", content=METER, now=NOW)
    publish_type(SYSTEM, edition_id=number, keep_devices=False, now=NOW)
    return make_device(type_code="city.meter", protocol=Protocol.MQTT)


def told() -> list[tuple[str, object]]:
    rows = DeviceCommand.objects.filter(code=APPLY.code).order_by("id")
    return [(row.state, row.arguments["settings"]) for row in rows]


def desired(device: Device, changes: Mapping[str, object], version: int | None = None) -> None:
    desire(SYSTEM, device_id=device.id, changes=changes, expected_version=version, now=NOW)


def test_desired_setting_is_told_to_the_device_and_settled_by_its_report(device: Device) -> None:
    desired(device, {"interval": 60})
    assert told() == [("queued", {"interval": 60})]
    found = state_of(device.id)
    assert (found.desired, found.desired_version, found.told_version, found.delta) == (
        {"interval": 60},
        1,
        1,
        {"interval": 60},
    )
    report(device.id, values={"interval": 60.0}, now=NOW)
    assert state_of(device.id).delta == {}
    assert told() == [("cancelled", {"interval": 60})]


def test_later_wish_takes_the_earlier_telling_back(device: Device) -> None:
    desired(device, {"interval": 60})
    desired(device, {"interval": 90})
    assert told() == [("cancelled", {"interval": 60}), ("queued", {"interval": 90})]


def test_wish_that_changes_nothing_is_no_new_version(device: Device) -> None:
    desired(device, {"interval": 60})
    desired(device, {"interval": 60})
    assert state_of(device.id).desired_version == 1
    assert len(told()) == 1


def test_second_of_two_changes_for_the_same_version_must_look_again(device: Device) -> None:
    desired(device, {"interval": 60}, 0)
    with pytest.raises(VersionConflict):
        desired(device, {"interval": 90}, 0)
    desired(device, {"interval": 90}, 1)
    assert state_of(device.id).desired == {"interval": 90}


def test_setting_is_taken_away_by_null(device: Device) -> None:
    desired(device, {"interval": 60, "led": "on"})
    desired(device, {"led": None})
    report(device.id, values={"interval": 10, "other": 1}, now=NOW)
    report(device.id, values={"other": None}, now=NOW)
    found = state_of(device.id)
    assert (found.desired, found.reported, found.delta) == ({"interval": 60}, {"interval": 10}, {"interval": 60})
    assert found.reported_version == 2


@pytest.mark.parametrize("changes", [{"interval": 5}, {"interval": "fast"}, {"flow": 1}, {"valve": 1}])
def test_type_says_what_may_be_set(device: Device, changes: dict[str, object]) -> None:
    with pytest.raises(Invalid) as refusal:
        desired(device, changes)
    assert list(refusal.value.fields) == list(changes)
    assert told() == []


def test_setting_that_was_sent_is_not_taken_back(device: Device) -> None:
    desired(device, {"interval": 60})
    claim_order(DeviceCommand.objects.get().id, reference="R", now=NOW)
    report(device.id, values={"interval": 60}, now=NOW)
    assert told() == [("sent", {"interval": 60})]


def test_history_tells_who_wished_what(device: Device) -> None:
    desired(device, {"interval": 60})
    report(device.id, values={"interval": 60, "firmware_version": "2.0"}, now=NOW)
    report(device.id, values={"interval": 60}, now=NOW)
    rows = ShadowChange.objects.order_by("id").values_list("side", "version", "changes", "by")
    assert list(rows) == [
        ("desired", 1, {"interval": 60}, SYSTEM.key),
        ("reported", 1, {"interval": 60, "firmware_version": "2.0"}, "device"),
    ]
    assert Device.objects.get().firmware_version == "2.0"
    assert ("iot.desire_settings", "done") in audited(f"iot.device:{device.id}")


def test_state_has_bounds(device: Device) -> None:
    with pytest.raises(TooLarge), transaction.atomic():
        report(device.id, values={"x": "字" * 40_000}, now=NOW)
    assert state_of(device.id).reported == {}


def test_who_may_only_see_wishes_nothing(device: Device) -> None:
    with pytest.raises(NotFound):
        desire(plain_actor(VIEW_DEVICES), device_id=device.id, changes={"a": 1}, expected_version=None, now=NOW)
