"""Judging in phenomenon time: duration, end, no data, rates, several devices, late and early readings, editions."""

from datetime import timedelta

import pytest

from onecity.kernel import bus
from onecity.platform.identity.tests.factories import Organisation, make_organisation
from onecity.platform.iot.events import RULE_ENDED, RULE_FIRED
from onecity.platform.iot.models import Device, LinkageFiring, LinkageRule, LinkageState
from onecity.platform.iot.services.linkage.firing import ACT_JOB
from onecity.platform.iot.services.linkage.judging import JUDGE_JOB, LOST_AFTER, MOST_BEHIND, queue_due
from onecity.platform.iot.services.linkage.publishing import switch_off, switch_on
from onecity.platform.iot.tests.factories import NOW, make_datastream, make_device
from onecity.platform.iot.tests.linkage.houses import (
    MINUTE,
    SYSTEM,
    Heard,
    fired,
    in_force,
    judge_at,
    judged_until,
    linkage,
    read,
    station,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("heard")]


@pytest.fixture
def office(organisation: Organisation) -> Organisation:
    return organisation


def test_rule_fires_at_the_first_step_after_the_reading_and_ends_when_it_no_longer_holds(office: Organisation) -> None:
    device, (pm,) = station(office)
    rule = in_force(office)
    read(pm, (0.5, 120.0), (3.5, 80.0))
    assert judge_at(rule, 6) == 1
    assert fired(rule) == [(device.id, 1, 4)]
    assert judged_until(rule) == 6


def test_duration_counts_from_the_step_at_which_the_condition_began(office: Organisation) -> None:
    device, (pm,) = station(office)
    rule = in_force(office, linkage(hold_s=180))
    read(pm, (0.5, 120.0), (2.5, 50.0), (3.5, 120.0), (9.5, 50.0))
    judge_at(rule, 12)
    assert fired(rule) == [(device.id, 7, 10)]
    assert LinkageFiring.objects.get().begun_at == NOW + 4 * MINUTE


def test_end_condition_makes_a_gap_between_firing_and_ending(office: Organisation) -> None:
    device, (pm,) = station(office)
    rule = in_force(office, linkage(ending='last("pm2_5") < 60.0', end_hold_s=120))
    read(pm, (0.5, 120.0), (1.5, 80.0), (2.5, 120.0), (3.5, 50.0), (4.5, 70.0), (5.5, 50.0))
    judge_at(rule, 12)
    assert fired(rule) == [(device.id, 1, 8)]


def test_condition_wins_where_its_end_holds_too(office: Organisation) -> None:
    device, (pm,) = station(office)
    rule = in_force(office, linkage(ending='last("pm2_5") > 50.0'))
    read(pm, (0.5, 120.0), (2.5, 80.0))
    judge_at(rule, 5)
    assert fired(rule) == [(device.id, 1, 3)]


def test_what_is_not_known_begins_nothing_and_ends_nothing(office: Organisation) -> None:
    device, (pm,) = station(office)
    rule = in_force(office, linkage('mean("pm2_5", duration("2m")) > 100.0'))
    read(pm, (0.5, 120.0))
    judge_at(rule, 30)
    assert fired(rule) == [(device.id, 1, None)]


def test_silence_fires_by_age_and_ends_with_the_next_reading(office: Organisation) -> None:
    device, (pm,) = station(office)
    station(office)  # never spoke
    rule = in_force(office, linkage('age("pm2_5") > duration("30m")'))
    read(pm, (-5, 10.0))
    judge_at(rule, 40)
    read(pm, (41.5, 10.0))
    judge_at(rule, 45)
    assert fired(rule) == [(device.id, 26, 42)]


def test_too_few_readings_fire_even_where_there_is_none(office: Organisation) -> None:
    device, _ = station(office)
    rule = in_force(office, linkage('count("pm2_5", duration("10m")) < 1'))
    assert judge_at(rule, 2) == 1
    assert fired(rule) == [(device.id, 1, None)]


@pytest.mark.parametrize(
    ("condition", "first"),
    [
        ('rate("pm2_5", duration("5m")) > 9.0', 1),
        ('change("pm2_5", duration("5m")) > 25.0', 3),
        ('sum("pm2_5", duration("3m")) > 80.0', 3),
        ('max("pm2_5", duration("3m")) > 35.0', 3),
        ('min("pm2_5", duration("2m")) > 25.0', 3),
        ('!seen("pm2_5", duration("2m"))', 5),
        ('mean("pm2_5", duration("3m")) > 25.0', 3),
        ('last("pm2_5") > 35.0 && hour() == 12 && weekday() == 2 && working_day()', 3),
    ],
)
def test_every_function_over_a_window(office: Organisation, condition: str, first: int) -> None:
    device, (pm,) = station(office)
    rule = in_force(office, linkage(condition))
    read(pm, (0, 10.0), (1, 20.0), (2, 30.0), (3, 40.0))
    judge_at(rule, max(first, 3))
    assert fired(rule) == [(device.id, first, None)]


def test_readings_in_maintenance_and_without_a_number_do_not_count(office: Organisation) -> None:
    _, (pm,) = station(office)
    rule = in_force(office)
    read(pm, (0.5, 120.0), quality="M")
    read(pm, (0.7, None))
    assert judge_at(rule, 3) == 0


def test_every_device_is_judged_by_itself(office: Organisation) -> None:
    devices = [station(office) for _ in range(3)]
    rule = in_force(office)
    for place, (_, (pm,)) in enumerate(devices):
        read(pm, (0.5 + place, 120.0 if place != 1 else 10.0))
    assert judge_at(rule, 5) == 2
    assert fired(rule) == [(devices[0][0].id, 1, None), (devices[2][0].id, 3, None)]


def test_together_fires_once_with_one_that_holds(office: Organisation) -> None:
    devices = [station(office) for _ in range(3)]
    rule = in_force(office, linkage('devices.filter(d, d.last("pm2_5") > 100.0).size() >= 2', mode="together"))
    for place, (_, (pm,)) in enumerate(devices):
        read(pm, (0.5, (50.0, 130.0, 120.0)[place]))
    judge_at(rule, 3)
    assert fired(rule) == [(0, 1, None)]
    firing = LinkageFiring.objects.get()
    assert firing.device_id == devices[1][0].id
    assert firing.values == {"devices": 2.0, "last(pm2_5, 24h)": 130.0}


def test_named_device_is_seen_by_every_other(office: Organisation) -> None:
    device, (pm,) = station(office)
    _, (rain,) = station(office, "humidity", key="RAIN01")
    text = linkage('last("pm2_5") > 100.0 && device("RAIN01").last("humidity") < 30.0', device_ids=(device.id,))
    rule = in_force(office, text)
    read(pm, (0.5, 120.0))
    read(rain, (0.5, 80.0), (4.5, 20.0))
    judge_at(rule, 8)
    assert fired(rule) == [(device.id, 5, None)]
    assert LinkageFiring.objects.get().values == {"last(pm2_5, 24h)": 120.0, "RAIN01.last(humidity, 24h)": 20.0}


def test_periods_and_kinds_of_values_are_told_apart(office: Organisation) -> None:
    device, (pm,) = station(office)
    hourly = make_datastream(device, period="hour", sub_value="Avg")  # type: ignore[arg-type]  # as it is stored
    rule = in_force(office, linkage('last("pm2_5/hour/Avg") > 100.0'))
    read(pm, (0.5, 500.0))
    read(hourly, (1.5, 120.0))
    judge_at(rule, 4)
    assert fired(rule) == [(device.id, 2, None)]
    assert LinkageFiring.objects.get().datastream_id == hourly.id


def test_late_readings_do_not_reopen_the_past_but_are_seen_in_later_windows(office: Organisation) -> None:
    device, (pm,) = station(office)
    rule = in_force(office, linkage('max("pm2_5", duration("10m")) > 100.0'))
    read(pm, (0.5, 10.0))
    judge_at(rule, 5)
    read(pm, (2.5, 120.0), now=NOW + 6 * MINUTE)
    judge_at(rule, 8)
    assert fired(rule) == [(device.id, 6, None)]


def test_readings_that_come_within_the_time_they_are_waited_for_are_not_late(office: Organisation) -> None:
    device, (pm,) = station(office)
    rule = in_force(office, linkage(late_s=300))
    judge_at(rule, 4)
    assert judged_until(rule) == -1
    read(pm, (0.5, 120.0), (1.5, 10.0), now=NOW + 5 * MINUTE)
    judge_at(rule, 7)
    assert fired(rule) == [(device.id, 1, 2)]


def test_repeated_readings_change_nothing(office: Organisation) -> None:
    _, (pm,) = station(office)
    rule = in_force(office, linkage('count("pm2_5", duration("10m")) > 1'))
    read(pm, (0.5, 120.0))
    read(pm, (0.5, 120.0), now=NOW + MINUTE)
    assert judge_at(rule, 5) == 0


def test_reading_of_a_clock_that_is_ahead_waits_for_its_time(office: Organisation) -> None:
    device, (pm,) = station(office)
    rule = in_force(office)
    read(pm, (8, 120.0), now=NOW)
    assert judge_at(rule, 5) == 0
    judge_at(rule, 9)
    assert fired(rule) == [(device.id, 8, None)]


def test_judging_again_changes_nothing(office: Organisation) -> None:
    _, (pm,) = station(office)
    rule = in_force(office)
    read(pm, (0.5, 120.0))
    assert [judge_at(rule, 3), judge_at(rule, 3), judge_at(rule, 2)] == [1, 0, 0]
    assert LinkageFiring.objects.count() == 1


def test_firing_stands_over_several_judgements_until_its_end(office: Organisation) -> None:
    device, (pm,) = station(office)
    rule = in_force(office)
    read(pm, (0.5, 120.0))
    judge_at(rule, 2)
    judge_at(rule, 3)
    assert LinkageState.objects.get().subject == device.id
    read(pm, (4.5, 10.0))
    judge_at(rule, 6)
    assert fired(rule) == [(device.id, 1, 5)]
    assert not LinkageState.objects.exists()


def test_only_devices_of_the_organisation_and_below_are_judged(office: Organisation) -> None:
    below = make_organisation("下属站", parent=office)
    own, (pm,) = station(below)
    _, (foreign,) = station(make_organisation("别处"))
    rule = in_force(office)
    read(pm, (0.5, 120.0))
    read(foreign, (0.5, 120.0))
    judge_at(rule, 3)
    assert [subject for subject, _, _ in fired(rule)] == [own.id]


def test_device_that_leaves_the_rule_ends_its_firing(office: Organisation) -> None:
    device, (pm,) = station(office)
    station(office)
    rule = in_force(office)
    read(pm, (0.5, 120.0))
    judge_at(rule, 2)
    Device.objects.filter(id=device.id).update(state=Device.State.RETIRED)
    judge_at(rule, 4)
    assert fired(rule) == [(device.id, 1, 4)]


def test_rule_whose_devices_are_all_gone_is_judged_all_the_same(office: Organisation) -> None:
    device, _ = station(office)
    rule = in_force(office, linkage('devices.all(d, d.last("pm2_5") < 0.0)', mode="together"))
    Device.objects.filter(id=device.id).update(state=Device.State.RETIRED)
    assert judge_at(rule, 4) == 0
    assert judged_until(rule) == 4


def test_switched_off_ends_what_stands_and_is_judged_no_more(office: Organisation) -> None:
    device, (pm,) = station(office)
    rule = in_force(office)
    read(pm, (0.5, 120.0))
    judge_at(rule, 2)
    assert switch_off(SYSTEM, rule_id=rule, now=NOW + 3 * MINUTE) == 1
    assert judge_at(rule, 9) == 0
    assert fired(rule) == [(device.id, 1, 3)]
    switch_on(SYSTEM, rule_id=rule, now=NOW + 20 * MINUTE)
    judge_at(rule, 21)
    assert fired(rule) == [(device.id, 1, 3), (device.id, 21, None)]


def test_switching_on_does_not_judge_what_was_judged(office: Organisation) -> None:
    station(office)
    rule = in_force(office, linkage(late_s=0))
    judge_at(rule, 10)
    switch_off(SYSTEM, rule_id=rule, now=NOW + 10 * MINUTE)
    switch_on(SYSTEM, rule_id=rule, now=NOW + 9 * MINUTE)
    assert judged_until(rule) == 10


def test_after_a_long_standstill_a_rule_goes_on_a_day_back_and_says_so(office: Organisation) -> None:
    station(office)
    rule = in_force(office)
    later = timedelta(days=3)
    judge_at(rule, later / MINUTE)
    assert judged_until(rule) == later / MINUTE
    assert LinkageRule.objects.get().skipped_at == NOW + later - MOST_BEHIND


def test_a_standstill_is_caught_up_in_pieces(office: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    device, (pm,) = station(office)
    rule = in_force(office)
    read(pm, (30.5, 120.0), (50.5, 10.0))
    monkeypatch.setattr("onecity.platform.iot.services.linkage.judging.MOST_CELLS", 7)
    assert judge_at(rule, 100) == 1
    assert fired(rule) == [(device.id, 31, 51)]
    assert judged_until(rule) == 100


def test_clock_asks_for_what_is_due_once_and_again_when_it_was_lost(office: Organisation, heard: Heard) -> None:
    station(office)
    rule = in_force(office)
    heard.jobs.clear()
    assert queue_due(NOW + 30 * timedelta(seconds=1), real_now=NOW) == 0
    assert queue_due(NOW + MINUTE, real_now=NOW) == 1
    assert queue_due(NOW + 2 * MINUTE, real_now=NOW) == 0
    assert queue_due(NOW + 2 * MINUTE, real_now=NOW + LOST_AFTER + MINUTE) == 1
    judge_at(rule, 2)
    assert queue_due(NOW + 3 * MINUTE, real_now=NOW + LOST_AFTER + MINUTE) == 1
    assert heard.jobs == [(JUDGE_JOB, {"rule": rule})] * 3


def test_firings_and_ends_are_announced_and_their_actions_asked_for(
    office: Organisation, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, list[dict[str, object]]]] = []
    monkeypatch.setattr(bus, "announce", lambda event, **payload: told.append((event.code, payload["firings"])))
    device, (pm,) = station(office)
    rule = in_force(office)
    heard.jobs.clear()
    read(pm, (0.5, 120.0))
    judge_at(rule, 2)
    read(pm, (2.5, 10.0))
    judge_at(rule, 4)
    made = LinkageFiring.objects.get()
    assert heard.jobs == [(ACT_JOB, {"firings": [made.id]})] * 2
    (fired_code, (begun,)), (ended_code, (ended,)) = told
    assert (fired_code, ended_code) == (RULE_FIRED.code, RULE_ENDED.code)
    assert (begun["id"], begun["device_key"], begun["values"]) == (made.id, device.key, {"last(pm2_5, 24h)": 120.0})
    assert ended == {**begun, "ended_at": (NOW + 3 * MINUTE).isoformat()}


def test_newest_reading_of_days_ago_is_looked_back_for(office: Organisation) -> None:
    device = make_device(organisation=office)
    stream = make_datastream(device)
    rule = in_force(office, linkage('age("pm2_5") > duration("1h")'))
    read(stream, (-3 * 24 * 60, 10.0))
    judge_at(rule, 2)
    assert fired(rule) == [(device.id, 1, None)]
    assert LinkageFiring.objects.get().values == {"age(pm2_5, 168h)": (3 * 24 * 60 + 1) * 60.0}
