"""What is kept of refused messages and strangers is found by its filters; the platform's own look-ups; the check."""

from dataclasses import replace
from datetime import timedelta

import pytest

from onecity.kernel.actor import organisation_key, system_actor
from onecity.kernel.errors import NotFound
from onecity.platform.identity.tests.factories import plain_actor
from onecity.platform.iot.checks import stored_types_are_declared
from onecity.platform.iot.contracts import Message, Refusal
from onecity.platform.iot.declare import Limits
from onecity.platform.iot.models import Alarm, Device
from onecity.platform.iot.permissions import HANDLE_QUARANTINE
from onecity.platform.iot.rules.compiled import Compiled
from onecity.platform.iot.selectors.devices import devices_by_id, devices_of_type
from onecity.platform.iot.selectors.quarantine import (
    QuarantineQuery,
    UnknownQuery,
    quarantined,
    quarantined_message,
    unknown_device,
    unknown_devices,
)
from onecity.platform.iot.services.alarms import Trigger, clear_alarm, raise_alarm
from onecity.platform.iot.services.devices import retire_device
from onecity.platform.iot.services.quarantine.keeping import keep
from onecity.platform.iot.tests.factories import NOW, make_datastream, make_device, make_rule

pytestmark = pytest.mark.django_db
SYSTEM = system_actor("test")
DAY = timedelta(days=1)


def refuse(key: str, *, protocol: str = "hj212", device: Device | None = None, raw: bytes = b"x") -> None:
    reason = "wrong_password" if device else "unknown_device"
    keep([Refusal(Message(raw, protocol, "10.0.0.1", key), reason, {}, device.id if device else None)], now=NOW)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (QuarantineQuery(), 3),
        (QuarantineQuery(device_key="A1"), 1),
        (QuarantineQuery(state="discarded"), 0),
        (QuarantineQuery(reason="wrong_password"), 1),
        (QuarantineQuery(protocol="mqtt"), 1),
        (QuarantineQuery(since=NOW, until=NOW + DAY), 3),
        (QuarantineQuery(since=NOW + DAY), 0),
        (QuarantineQuery(until=NOW), 0),
    ],
)
def test_refused_messages_are_chosen(query: QuarantineQuery, found: int) -> None:
    refuse("A1")
    refuse("A2", protocol="mqtt")
    device = make_device()
    refuse(device.key, device=device)
    assert len(quarantined(SYSTEM, query).rows) == found
    own = plain_actor(HANDLE_QUARANTINE, keys=frozenset({organisation_key(device.organisation_id)}))
    assert [item.device_key for item in quarantined(own, QuarantineQuery()).rows] == [device.key]
    with pytest.raises(NotFound):
        quarantined_message(own, quarantined(SYSTEM, QuarantineQuery(device_key="A1")).rows[0].id)


def test_refused_messages_are_paged_by_key() -> None:
    for number in range(5):
        refuse("A1", raw=b"%d" % number)
    first = quarantined(SYSTEM, QuarantineQuery(size=3))
    second = quarantined(SYSTEM, QuarantineQuery(size=3, after=first.next))
    assert len({item.id for page in (first, second) for item in page.rows}) == 5
    assert (second.next, second.count) == (None, None)


def test_strangers_are_chosen_and_paged_by_key() -> None:
    for key in ("A1", "A2", "B1"):
        refuse(key)
    refuse("M1", protocol="mqtt")
    assert {item.key for item in unknown_devices(UnknownQuery(search="a")).rows} == {"A1", "A2"}
    assert [item.key for item in unknown_devices(UnknownQuery(protocol="mqtt")).rows] == ["M1"]
    query = UnknownQuery(size=3)
    first = unknown_devices(query)
    second = unknown_devices(replace(query, after=first.next))
    assert {item.key for page in (first, second) for item in page.rows} == {"A1", "A2", "B1", "M1"}
    with pytest.raises(NotFound):
        unknown_device(987_654)


def test_devices_are_looked_up_for_the_platforms_own_work() -> None:
    first, second, retired = make_device(), make_device(), make_device()
    make_device(type_code="gauge.meter")
    retire_device(SYSTEM, device_id=retired.id, reason="", now=NOW)
    assert [item.id for item in devices_by_id([second.id, first.id, 987_654])] == [first.id, second.id]
    assert [item.id for item in devices_of_type("gauge.air")] == [first.id, second.id]


def test_platform_refuses_to_start_while_devices_are_of_a_type_that_nobody_declares() -> None:
    device = make_device()
    assert stored_types_are_declared(None, ["default"]) == []
    assert stored_types_are_declared(None, None) == []
    Device.objects.filter(id=device.id).update(type_code="gauge.gone")
    assert [message.id for message in stored_types_are_declared(None, ["default"])] == ["iot.E001"]


def test_standing_alarm_is_not_raised_again_and_what_does_not_stand_is_not_cleared() -> None:
    stream, number = make_datastream(), make_rule()
    rule = Compiled(number, "test.rule", "above", Limits(upper=1.0), "minor", "{value}")
    trigger = Trigger(stream.id, 2.0, NOW)
    clear_alarm("test.rule", trigger=trigger)
    raise_alarm(rule, trigger=trigger, now=NOW)
    raise_alarm(rule, trigger=replace(trigger, value=3.0), now=NOW)
    assert [(row.value, row.cleared_at) for row in Alarm.objects.all()] == [(2.0, None)]
