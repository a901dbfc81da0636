"""Orders to devices: asked for within bounds, claimed once, ended by the device's word; tokens shown once."""

from datetime import timedelta

import pytest

from onecity.kernel.actor import system_actor
from onecity.kernel.errors import Invalid, NotFound
from onecity.platform.identity.tests.factories import audited, plain_actor
from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.models import DeviceCommand, DeviceCredential
from onecity.platform.iot.permissions import VIEW_DEVICES
from onecity.platform.iot.selectors.orders import notes_of, orders_of, token_of
from onecity.platform.iot.services.broker_files import broker_hash
from onecity.platform.iot.services.commands import (
    claim_order,
    expire_orders,
    fail_order,
    note_answer,
    order,
    order_time,
    waiting_orders,
)
from onecity.platform.iot.services.credentials import (
    issue_token,
    password_hash,
    password_hashes,
    revoke_token,
    token_digest,
)
from onecity.platform.iot.services.notes import keep_note
from onecity.platform.iot.tests.factories import NOW, make_device

pytestmark = pytest.mark.django_db
SYSTEM = system_actor("test")
STATE = DeviceCommand.State


def ordered(code: str = "set_time", argument: int | None = None) -> DeviceCommand:
    number = order(SYSTEM, device_id=make_device().id, code=code, argument=argument, now=NOW)
    return DeviceCommand.objects.get(id=number)


def test_order_waits_for_a_gateway_and_is_on_record() -> None:
    made = ordered("set_real_time_interval", 60)
    waiting = waiting_orders(NOW)
    assert [(item.id, item.device_key, item.code, item.argument) for item in waiting] == [
        (made.id, made.device.key, "set_real_time_interval", 60)
    ]
    assert ("iot.order_device", "done") in audited(f"iot.device:{made.device_id}")
    assert [item.state for item in orders_of(made.device_id, most=5)] == ["queued"]


@pytest.mark.parametrize(
    ("code", "argument", "field"),
    [
        ("reboot", None, "code"),
        ("set_time", 1, "argument"),
        ("set_real_time_interval", None, "argument"),
        ("set_real_time_interval", 29, "argument"),
        ("set_real_time_interval", 3601, "argument"),
    ],
)
def test_order_out_of_bounds_is_refused(code: str, argument: int | None, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        ordered(code, argument)
    assert list(refusal.value.fields) == [field]


@pytest.mark.parametrize("argument", [30, 3600])
def test_bounds_themselves_are_inside(argument: int) -> None:
    assert ordered("set_real_time_interval", argument).argument == argument


def test_who_may_only_see_orders_nothing() -> None:
    with pytest.raises(NotFound):
        order(plain_actor(VIEW_DEVICES), device_id=make_device().id, code="set_time", argument=None, now=NOW)


def test_order_is_claimed_once() -> None:
    made = ordered()
    assert claim_order(made.id, reference="R1", now=NOW)
    assert not claim_order(made.id, reference="R2", now=NOW)
    assert waiting_orders(NOW) == []


def test_order_that_is_too_old_is_neither_sent_nor_answered() -> None:
    made, later = ordered(), NOW + timedelta(minutes=2)
    assert waiting_orders(later) == []
    assert not claim_order(made.id, reference="R1", now=later)
    assert (expire_orders(later), expire_orders(later)) == (1, 0)
    note_answer(made.device_id, reference="", state=STATE.DONE, result="", now=later)
    assert DeviceCommand.objects.get().state == "expired"


def test_device_accepts_and_ends_an_order() -> None:
    made = ordered()
    claim_order(made.id, reference="R1", now=NOW)
    note_answer(made.device_id, reference="R1", state=STATE.ACCEPTED, result="", now=NOW)
    assert (DeviceCommand.objects.get().state, DeviceCommand.objects.get().ended_at) == ("accepted", None)
    note_answer(made.device_id, reference="other", state=STATE.FAILED, result="", now=NOW)
    note_answer(made.device_id, reference="R1", state=STATE.DONE, result="1", now=NOW)
    row = DeviceCommand.objects.get()
    assert (row.state, row.result, row.ended_at) == ("done", "1", NOW)


def test_order_that_cannot_be_sent_fails_with_its_reason() -> None:
    made = ordered()
    fail_order(made.id, result="不支持", now=NOW)
    assert (DeviceCommand.objects.get().state, DeviceCommand.objects.get().result) == ("failed", "不支持")


def test_device_that_asks_for_the_time_twice_gets_one_order() -> None:
    device = make_device()
    order_time(device.id, now=NOW)
    order_time(device.id, now=NOW)
    assert list(DeviceCommand.objects.values_list("code", "asked_by")) == [("set_time", "device")]


def test_what_a_device_said_is_kept_newest_first() -> None:
    device = make_device()
    keep_note(device.id, kind="3019", content="序列号\0一", now=NOW)
    keep_note(device.id, kind="2081", content="重启", now=NOW + timedelta(seconds=1))
    assert [item.kind for item in notes_of(device.id, most=5)] == ["2081", "3019"]
    assert "\0" not in notes_of(device.id, most=5)[1].content


def test_token_is_stored_only_as_digests_and_replaces_the_one_before() -> None:
    device = make_device(protocol=Protocol.MQTT)
    first = issue_token(SYSTEM, device_id=device.id, now=NOW)
    second = issue_token(SYSTEM, device_id=device.id, now=NOW)
    assert first != second
    valid = DeviceCredential.objects.get(revoked_at__isnull=True)
    assert valid.digest == token_digest(second)
    stored = "".join(f"{row.digest}{row.broker_hash}{row.prefix}" for row in DeviceCredential.objects.all())
    assert first not in stored
    assert second not in stored
    shown = token_of(device.id)
    assert shown is not None
    assert second.startswith(shown.prefix)


def test_revoked_token_is_gone_and_revoking_again_is_nothing() -> None:
    device = make_device(protocol=Protocol.MQTT)
    issue_token(SYSTEM, device_id=device.id, now=NOW)
    revoke_token(SYSTEM, device_id=device.id, now=NOW)
    revoke_token(SYSTEM, device_id=device.id, now=NOW)
    assert token_of(device.id) is None
    actions = [action for action, _ in audited(f"iot.device:{device.id}")]
    assert actions == ["iot.register_device", "iot.issue_token", "iot.revoke_token"]


def test_who_may_only_see_gets_no_token() -> None:
    device, viewer = make_device(protocol=Protocol.MQTT), plain_actor(VIEW_DEVICES)
    with pytest.raises(NotFound):
        issue_token(viewer, device_id=device.id, now=NOW)
    with pytest.raises(NotFound):
        revoke_token(viewer, device_id=device.id, now=NOW)


def test_password_is_found_by_its_keyed_hash_and_no_password_has_none() -> None:
    assert password_hash("123456") in password_hashes("123456")
    assert password_hash("123456") not in password_hashes("123457")
    assert password_hash("") == ""


def test_broker_hash_is_mosquittos_form() -> None:
    text = broker_hash("secret", salt=bytes(12))
    mark, rounds, salt, digest = text.split("$")[1:]
    assert (mark, rounds, salt, len(digest)) == ("7", "101", "AAAAAAAAAAAAAAAA", 88)
