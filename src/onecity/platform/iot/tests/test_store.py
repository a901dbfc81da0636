"""The store: what goes in comes out, once, whatever the order, the cut and the number of writers."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onecity.kernel import bus
from onecity.platform.iot.contracts import Outcome
from onecity.platform.iot.declare import Period
from onecity.platform.iot.events import OBSERVATIONS_RECORDED
from onecity.platform.iot.models import Latest, Observation, QuarantinedMessage
from onecity.platform.iot.rules.instants import DAY, micros
from onecity.platform.iot.services.store import Store
from onecity.platform.iot.services.store.known import UnknownDatastream
from onecity.platform.iot.services.store.partitions import existing_days, make_ahead
from onecity.platform.iot.tests.factories import NOW, make_batch, make_datastream, make_device, table

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def outcomes(*batches: object, store: Store | None = None) -> list[list[int]]:
    receipts = (store or Store()).record(batches, now=NOW)  # type: ignore[arg-type]
    return [receipt.outcome.tolist() for receipt in receipts]


def test_readings_are_stored_with_value_quality_and_time() -> None:
    one, two = make_datastream(), make_datastream(property_code="co")
    Store().record([make_batch((one.id, NOW, 35.5), (two.id, NOW - HOUR, None), quality="M")], now=NOW)
    assert table() == {(one.id, NOW, 35.5, "M"), (two.id, NOW - HOUR, None, "M")}
    assert set(Observation.objects.values_list("received_at", flat=True)) == {NOW}


def test_repeat_is_stored_once() -> None:
    stream = make_datastream()
    store = Store()
    assert outcomes(make_batch((stream.id, NOW, 1.0)), store=store) == [[Outcome.STORED]]
    assert outcomes(make_batch((stream.id, NOW, 1.0)), store=store) == [[Outcome.REPEATED]]
    assert outcomes(make_batch((stream.id, NOW, 1.0))) == [[Outcome.REPEATED]]
    assert len(table()) == 1


def test_repeat_without_a_value_is_a_repeat() -> None:
    stream = make_datastream()
    assert outcomes(make_batch((stream.id, NOW, None)), make_batch((stream.id, NOW, None))) == [[0], [Outcome.REPEATED]]
    assert outcomes(make_batch((stream.id, NOW, None))) == [[Outcome.REPEATED]]


def test_repeat_inside_one_batch_is_found() -> None:
    stream = make_datastream()
    batch = make_batch((stream.id, NOW, 1.0), (stream.id, NOW, 1.0), (stream.id, NOW, 2.0))
    assert outcomes(batch) == [[Outcome.STORED, Outcome.REPEATED, Outcome.CONFLICTING]]


def test_another_value_under_the_same_key_goes_to_the_quarantine() -> None:
    stream = make_datastream()
    store = Store()
    outcomes(make_batch((stream.id, NOW, 1.0)), store=store)
    assert outcomes(make_batch((stream.id, NOW, 2.0)), store=store) == [[Outcome.CONFLICTING]]
    assert table() == {(stream.id, NOW, 1.0, "N")}
    kept = QuarantinedMessage.objects.get()
    assert (kept.reason, bytes(kept.raw)) == ("conflicting_repeat", b"message 0")
    assert kept.fields["readings"] == [{"datastream": stream.id, "at": NOW.isoformat(), "value": 2.0, "quality": "N"}]


def test_another_quality_under_the_same_key_is_a_conflict() -> None:
    stream = make_datastream()
    outcomes(make_batch((stream.id, NOW, 1.0)))
    assert outcomes(make_batch((stream.id, NOW, 1.0), quality="M")) == [[Outcome.CONFLICTING]]


@pytest.mark.parametrize(
    "at", [NOW + timedelta(minutes=11), datetime(1970, 1, 1, tzinfo=UTC), NOW + timedelta(days=999)]
)
def test_time_that_is_not_believed_goes_to_the_quarantine(at: datetime) -> None:
    stream = make_datastream()
    batch = make_batch((stream.id, at, 1.0), (stream.id, NOW, 2.0))
    assert outcomes(batch) == [[Outcome.CLOCK, Outcome.STORED]]
    assert QuarantinedMessage.objects.get().reason == "clock_not_believed"
    assert table() == {(stream.id, NOW, 2.0, "N")}


def test_clock_a_little_ahead_is_believed() -> None:
    assert outcomes(make_batch((make_datastream().id, NOW + timedelta(minutes=9), 1.0))) == [[Outcome.STORED]]


def test_latest_value_is_the_newest_by_phenomenon_time() -> None:
    stream = make_datastream()
    store = Store()
    store.record([make_batch((stream.id, NOW, 2.0), (stream.id, NOW - HOUR, 1.0))], now=NOW)
    store.record([make_batch((stream.id, NOW - 2 * HOUR, 0.5))], now=NOW)
    latest = Latest.objects.get()
    assert (latest.datastream_id, latest.phenomenon_at, latest.result) == (stream.id, NOW, 2.0)
    assert len(table()) == 3


def test_late_reading_is_stored_and_told_from_a_repeat() -> None:
    stream = make_datastream()
    store = Store()
    store.record([make_batch((stream.id, NOW, 2.0), (stream.id, NOW - 2 * HOUR, 1.0))], now=NOW)
    late = make_batch((stream.id, NOW - HOUR, 1.5), (stream.id, NOW - 2 * HOUR, 1.0), (stream.id, NOW, 9.0))
    assert outcomes(late, store=store) == [[Outcome.STORED, Outcome.REPEATED, Outcome.CONFLICTING]]


def test_receipts_belong_to_their_batches() -> None:
    one, two = make_datastream(), make_datastream()
    outcomes(make_batch((one.id, NOW, 1.0)))
    first, second = make_batch((two.id, NOW, 1.0)), make_batch((one.id, NOW, 1.0), (one.id, NOW + HOUR, 1.0))
    assert outcomes(first, second) == [[Outcome.STORED], [Outcome.REPEATED, Outcome.CLOCK]]


def test_readings_of_many_days_make_their_partitions() -> None:
    stream = make_datastream()
    days = [NOW - timedelta(days=day) for day in (0, 1, 40, 400)]
    assert outcomes(make_batch(*[(stream.id, day, 1.0) for day in days])) == [[Outcome.STORED] * 4]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM iot_observation_20260310")
        assert cursor.fetchone()[0] == 1
    assert {micros(day) // DAY for day in days} <= existing_days()


def test_partitions_are_made_ahead() -> None:
    make_ahead(NOW)
    make_ahead(NOW)
    today = micros(NOW) // DAY
    assert {today, today + 1, today + 2, today + 3} <= existing_days()


def test_unknown_datastream_is_refused() -> None:
    with pytest.raises(UnknownDatastream):
        Store().record([make_batch((987_654, NOW, 1.0))], now=NOW)
    assert table() == set()


def test_nothing_to_record_is_nothing() -> None:
    assert Store().record([], now=NOW) == []
    assert [len(receipt.outcome) for receipt in Store().record([make_batch()], now=NOW)] == [0]


def test_store_whose_knowledge_is_old_still_records_exactly() -> None:
    stream = make_datastream()
    behind, ahead = Store(), Store()
    outcomes(make_batch((stream.id, NOW - 3 * HOUR, 0.0)), store=behind)
    outcomes(make_batch((stream.id, NOW, 3.0), (stream.id, NOW - HOUR, 2.0)), store=ahead)
    rows = ((stream.id, NOW - 2 * HOUR, 1.0), (stream.id, NOW - HOUR, 2.0), (stream.id, NOW, 9.0))
    assert outcomes(make_batch(*rows), store=behind) == [[Outcome.STORED, Outcome.REPEATED, Outcome.CONFLICTING]]
    assert Latest.objects.get().result == 3.0


def test_store_learns_after_it_was_overtaken_on_a_new_datastream() -> None:
    stream = make_datastream()
    behind = Store()
    behind.known.need(np.array([stream.id], np.int32))
    outcomes(make_batch((stream.id, NOW - HOUR, 1.0)))
    assert outcomes(make_batch((stream.id, NOW, 2.0)), store=behind) == [[Outcome.STORED]]
    assert Latest.objects.get().result == 2.0


KEYS = st.tuples(st.integers(0, 3), st.integers(0, 50))


@pytest.mark.django_db(transaction=True)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    readings=st.dictionaries(KEYS, st.one_of(st.none(), st.floats(-1e6, 1e6)), max_size=40),
    order=st.randoms(use_true_random=False),
    cuts=st.lists(st.integers(1, 12), min_size=1, max_size=10),
)
def test_any_order_cut_and_repetition_gives_the_same_table(readings: dict, order: object, cuts: list[int]) -> None:  # type: ignore[type-arg]
    Observation.objects.all().delete()
    Latest.objects.all().delete()
    device = make_device()
    streams = [make_datastream(device, property_code=f"p{number}").id for number in range(4)]
    rows = [(streams[stream], NOW - hour * HOUR, value) for (stream, hour), value in readings.items()]
    sent = rows + rows[::2]
    order.shuffle(sent)  # type: ignore[attr-defined]
    stores = [Store(), Store()]
    number = 0
    while sent:
        size = cuts[number % len(cuts)]
        stores[number % 2].record([make_batch(*sent[:size])], now=NOW)
        sent, number = sent[size:], number + 1
    assert table() == {(stream, at, None if value is None else value + 0.0, "N") for stream, at, value in rows}
    newest = {stream: max(at for other, at, _ in rows if other == stream) for stream, _, _ in rows}
    assert dict(Latest.objects.values_list("datastream_id", "phenomenon_at")) == newest


def test_recorded_hours_of_watched_devices_are_announced_once(heard: object) -> None:
    if bus.subscription("test.listen") is None:
        bus.subscribe(OBSERVATIONS_RECORDED, code="test.listen", handler=lambda payload: None)
    one, two = make_device(), make_device()
    hourly = [make_datastream(device, period=Period.HOUR, sub_value="avg") for device in (one, two)]
    live = make_datastream(one)
    rows = [(hourly[0].id, NOW - HOUR, 1.0), (hourly[1].id, NOW - 2 * HOUR, 1.0), (live.id, NOW, 1.0)]
    store = Store()
    store.record([make_batch(*rows), make_batch(*rows)], now=NOW)
    store.record([make_batch(*rows)], now=NOW)
    told = [payload for code, payload in heard.events if code == "iot.observations_recorded"]  # type: ignore[attr-defined]
    assert told == [
        {
            "device_type": "gauge.air",
            "period": "hour",
            "device_ids": sorted([one.id, two.id]),
            "hours": [(NOW - 2 * HOUR).isoformat(), (NOW - HOUR).isoformat()],
        }
    ]
