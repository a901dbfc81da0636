"""Orders with typed arguments, confirmation, retries with growing pauses, cancelling, and to many devices at once."""

from datetime import timedelta

import pytest

from onecity.kernel.actor import division_key, system_actor
from onecity.kernel.errors import Invalid, NotFound
from onecity.platform.identity.tests.factories import audited, plain_actor
from onecity.platform.iot.contracts import DeviceFilter
from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.models import Device, DeviceCommand
from onecity.platform.iot.permissions import COMMAND_DEVICES
from onecity.platform.iot.selectors.orders import batch, batches, orders_of_batch
from onecity.platform.iot.services.commands import (
    NothingToOrder,
    OrderOver,
    cancel_batch,
    cancel_order,
    claim_order,
    expire_orders,
    note_answer,
    order,
    order_many,
    waiting_orders,
)
from onecity.platform.iot.services.commands.ending import FIRST_PAUSE_S
from onecity.platform.iot.services.types import draft_type, publish_type
from onecity.platform.iot.tests.devices.documents import METER
from onecity.platform.iot.tests.factories import NOW, make_device

pytestmark = pytest.mark.django_db
SYSTEM = system_actor("test")
STATE = DeviceCommand.State


@pytest.fixture(autouse=True)
def _meters() -> None:
    number = draft_type(SYSTEM, code="city.meter", content=METER, now=NOW)
    publish_type(SYSTEM, edition_id=number, keep_devices=False, now=NOW)


def meter(key: str = "", *, division: str = "") -> Device:
    return make_device(key, type_code="city.meter", protocol=Protocol.MQTT, division=division)


def ordered(code: str = "turn_valve", **arguments: object) -> DeviceCommand:
    given = arguments or ({"opening": 50} if code == "turn_valve" else {})
    number = order(SYSTEM, device_id=meter().id, code=code, arguments=given, now=NOW)
    return DeviceCommand.objects.get(id=number)


def test_order_carries_its_arguments_to_the_gateway() -> None:
    made = ordered(opening=50, why="检修")
    waiting = waiting_orders(NOW)[0]
    assert (waiting.arguments, waiting.argument, waiting.line_key) == (
        {"opening": 50, "why": "检修"},
        None,
        made.device.key,
    )


@pytest.mark.parametrize(
    ("arguments", "field"),
    [({"opening": 101}, "opening"), ({"why": "x"}, "opening"), ({"opening": 5, "x": 1}, "x")],
)
def test_arguments_that_do_not_fit_are_named(arguments: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        order(SYSTEM, device_id=meter().id, code="turn_valve", arguments=arguments, now=NOW)
    assert list(refusal.value.fields) == [field]


def test_single_number_stays_beside_the_arguments() -> None:
    number = order(SYSTEM, device_id=make_device().id, code="set_minute_interval", argument=5, now=NOW)
    row = DeviceCommand.objects.get(id=number)
    assert (row.argument, row.arguments) == (5, {"minutes": 5})


def test_order_for_a_child_goes_down_its_gateways_line() -> None:
    gateway, child = meter("GW"), meter("CHILD")
    Device.objects.filter(id=child.id).update(parent_id=gateway.id)
    order(SYSTEM, device_id=child.id, code="blink", now=NOW)
    assert [(item.device_key, item.line_key) for item in waiting_orders(NOW, lines=["GW"])] == [("CHILD", "GW")]
    assert waiting_orders(NOW, lines=["CHILD"]) == []


def test_command_that_asks_for_no_word_is_done_when_it_is_sent() -> None:
    made = ordered("blink")
    claim_order(made.id, reference="R", now=NOW)
    made.refresh_from_db()
    assert (made.state, made.ended_at) == (STATE.DONE, NOW)


def test_command_that_asks_to_be_accepted_is_done_then() -> None:
    made = ordered("read_now")
    claim_order(made.id, reference="R", now=NOW)
    note_answer(made.device_id, reference="R", state=STATE.ACCEPTED, result="好", now=NOW)
    made.refresh_from_db()
    assert (made.state, made.result, made.ended_at) == (STATE.DONE, "好", NOW)


def test_order_without_a_word_is_sent_again_after_growing_pauses_and_then_expires() -> None:
    made = ordered()
    at, pauses = NOW, []
    for attempt in range(1, 4):
        assert claim_order(made.id, reference=f"R{attempt}", now=at)
        at += timedelta(seconds=30)
        ended = expire_orders(at)
        made.refresh_from_db()
        if made.next_at is not None and made.state == STATE.QUEUED:
            pauses.append((made.next_at - at).total_seconds())
            assert waiting_orders(at) == []
            at = made.next_at
            assert [item.tries for item in waiting_orders(at)] == [attempt]
    assert pauses == [FIRST_PAUSE_S, 2 * FIRST_PAUSE_S]
    assert (ended, made.state, made.tries) == (1, STATE.EXPIRED, 3)


def test_what_the_device_accepted_is_not_sent_again() -> None:
    made = ordered()
    claim_order(made.id, reference="R", now=NOW)
    note_answer(made.device_id, reference="R", state=STATE.ACCEPTED, result="", now=NOW)
    assert expire_orders(NOW + timedelta(seconds=30)) == 1
    made.refresh_from_db()
    assert made.state == STATE.EXPIRED


def test_answer_to_an_earlier_try_says_nothing_of_the_later_one() -> None:
    made = ordered()
    claim_order(made.id, reference="R1", now=NOW)
    expire_orders(NOW + timedelta(seconds=30))
    note_answer(made.device_id, reference="R1", state=STATE.DONE, result="", now=NOW)
    made.refresh_from_db()
    assert made.state == STATE.QUEUED


def test_waiting_order_can_be_taken_back_and_a_sent_one_cannot() -> None:
    made = ordered()
    cancel_order(SYSTEM, order_id=made.id, now=NOW)
    made.refresh_from_db()
    assert (made.state, made.ended_at) == (STATE.CANCELLED, NOW)
    with pytest.raises(OrderOver):
        cancel_order(SYSTEM, order_id=made.id, now=NOW)
    with pytest.raises(NotFound):
        cancel_order(SYSTEM, order_id=made.id + 1, now=NOW)


def test_batch_orders_whoever_is_chosen_and_in_scope() -> None:
    inside, retired, outside = meter(division="220102001"), meter(division="220102002"), meter(division="220103001")
    Device.objects.filter(id=retired.id).update(state="retired")
    actor = plain_actor(COMMAND_DEVICES, keys=frozenset({division_key("220102")}))
    number = order_many(
        actor,
        name="全部关阀",
        chosen=DeviceFilter(type_code="city.meter"),
        code="turn_valve",
        arguments={"opening": 0},
        now=NOW,
    )
    made = DeviceCommand.objects.get()
    assert (made.device_id, made.arguments, made.retries, made.batch_id) == (inside.id, {"opening": 0}, 2, number)
    info = batch(SYSTEM, number)
    assert (info.total, info.refused, info.counts) == (1, 1, {"queued": 1})
    assert [row.id for row in batches(SYSTEM).rows] == [number]
    assert [row.device_id for row in orders_of_batch(number)] == [inside.id]
    assert not DeviceCommand.objects.filter(device_id=outside.id).exists()
    assert ("iot.order_many", "done") in audited(f"iot.commandbatch:{number}")


def test_batch_can_be_taken_back_as_far_as_it_waits() -> None:
    meter(), meter()
    chosen = DeviceFilter(type_code="city.meter")
    number = order_many(SYSTEM, name="", chosen=chosen, code="read_now", arguments={}, now=NOW)
    first = DeviceCommand.objects.order_by("id")[0]
    claim_order(first.id, reference="R", now=NOW)
    assert cancel_batch(SYSTEM, batch_id=number, now=NOW) == 1
    assert batch(SYSTEM, number).counts == {"sent": 1, "cancelled": 1}
    assert batch(SYSTEM, number).name == "立即抄读"
    with pytest.raises(NotFound):
        cancel_batch(plain_actor(), batch_id=number, now=NOW)


def test_batch_for_nobody_or_of_an_unknown_command_is_refused() -> None:
    with pytest.raises(NothingToOrder):
        order_many(SYSTEM, name="", chosen=DeviceFilter(type_code="city.meter"), code="blink", arguments={}, now=NOW)
    with pytest.raises(Invalid) as refusal:
        order_many(SYSTEM, name="", chosen=DeviceFilter(type_code="city.meter"), code="fly", arguments={}, now=NOW)
    assert list(refusal.value.fields) == ["code"]
