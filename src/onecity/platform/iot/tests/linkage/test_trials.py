"""Trials on past data: what they find is what would have happened, whatever the cut of the live judgement."""

from datetime import timedelta

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onecity.kernel.errors import Invalid, NotFound
from onecity.platform.identity.tests.factories import Organisation, make_actor, make_organisation
from onecity.platform.iot.contracts.linkage import LinkageText
from onecity.platform.iot.models import Datastream, LinkageFiring, LinkageRule, LinkageTrial
from onecity.platform.iot.permissions import MANAGE_LINKAGE
from onecity.platform.iot.rules.instants import micros
from onecity.platform.iot.selectors.linkage.stretches import plan_of
from onecity.platform.iot.services.linkage import trying
from onecity.platform.iot.services.linkage.trying import (
    TrialOver,
    TrialTooLarge,
    ask_trial,
    cancel_trial,
    result_of,
    run_trial,
    tried,
)
from onecity.platform.iot.tests.factories import NOW
from onecity.platform.iot.tests.linkage.houses import (
    MINUTE,
    SYSTEM,
    fired,
    in_force,
    judge_at,
    linkage,
    made,
    read,
    station,
)
from onecity.platform.jobs.api import Cancelled

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("heard")]
UNTIL = 40


class Steps:
    """A progress that may cancel."""

    def __init__(self, cancel_at: int = 10**9) -> None:
        self.said: list[tuple[int, int]] = []
        self._cancel_at = cancel_at

    def step(self, done: int, *, total: int = 0, note: str = "") -> None:
        self.said.append((done, total))
        if done >= self._cancel_at:
            raise Cancelled


CONDITIONS = st.sampled_from(
    [
        'last("pm2_5") > 50.0',
        'mean("pm2_5", duration("3m")) > 50.0',
        'max("pm2_5", duration("5m")) - min("pm2_5", duration("5m")) > 60.0',
        'age("pm2_5") > duration("4m")',
        'count("pm2_5", duration("5m")) < 2 || rate("pm2_5", duration("6m")) > 10.0',
        'device("PEER").last("pm2_5") > 50.0 && last("pm2_5") < 50.0',
    ]
)
TOGETHER = st.sampled_from(
    [
        'devices.exists(d, d.last("pm2_5") > 50.0)',
        'devices.all(d, d.mean("pm2_5", duration("4m")) > 30.0)',
        'devices.filter(d, d.count("pm2_5", duration("3m")) > 1).size() >= 2',
    ]
)
texts = st.builds(
    lambda said, mode, ending, hold, end_hold: linkage(
        said, mode=mode, ending=ending, hold_s=hold, end_hold_s=end_hold
    ),
    CONDITIONS,
    st.just("each"),
    st.sampled_from(["", 'last("pm2_5") < 30.0']),
    st.sampled_from([0, 120]),
    st.sampled_from([0, 180]),
) | st.builds(lambda said, hold: linkage(said, mode="together", hold_s=hold), TOGETHER, st.sampled_from([0, 120]))
readings = st.lists(
    st.tuples(st.integers(0, 2), st.integers(1, UNTIL * 6 - 1), st.sampled_from([0.0, 20.0, 40.0, 60.0, 90.0])),
    max_size=60,
    unique_by=lambda item: item[:2],
)
cuts = st.lists(st.integers(1, UNTIL - 1), max_size=8).map(lambda items: [*sorted(set(items)), UNTIL])


def tried_over(
    organisation: Organisation, text: LinkageText, until: float = UNTIL
) -> list[tuple[int, float, float | None]]:
    """What a trial of a stretch finds, as `fired` tells of the live rule."""
    plan = plan_of(organisation.id, text, division_code="")
    found = tried(plan, since=micros(NOW), until=micros(NOW + until * MINUTE), progress=Steps())
    begun: dict[int, float] = {}
    whole: list[tuple[int, float, float | None]] = []
    for item in found:
        minute = (item.at - micros(NOW)) / 60_000_000
        if item.fires:
            begun[item.subject] = minute
        else:
            whole.append((item.subject, begun.pop(item.subject), minute))
    whole += [(subject, minute, None) for subject, minute in begun.items()]
    return sorted(whole, key=lambda item: (item[1], item[0]))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts, readings, cuts)
def test_trial_finds_what_live_judgement_found_however_it_was_cut(
    organisation: Organisation, text: LinkageText, given_readings: list[tuple[int, int, float]], cut: list[int]
) -> None:
    LinkageRule.objects.all().delete()
    streams = _streams(organisation)
    rule = in_force(organisation, text)
    waiting = sorted(given_readings, key=lambda item: item[1])
    for minute in cut:
        for place, tenth, value in [item for item in waiting if item[1] <= minute * 6]:
            read(streams[place], (tenth / 6, value))
        waiting = [item for item in waiting if item[1] > minute * 6]
        judge_at(rule, minute)
    assert fired(rule) == tried_over(organisation, text)


def _streams(organisation: Organisation) -> list[Datastream]:
    """Three stations with nothing read, of an office that is emptied before."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE iot_device SET state = 'retired', key = 'GONE' || id WHERE organisation_id = %s", [organisation.id]
        )
    return [station(organisation, key=key)[1][0] for key in ("PEER", "", "")]


def test_trial_is_the_same_in_pieces_of_any_size(organisation: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    _, (pm,) = station(organisation)
    text = linkage('mean("pm2_5", duration("3m")) > 50.0', hold_s=120)
    read(pm, *((minute + 0.5, 90.0 if minute % 10 < 6 else 5.0) for minute in range(UNTIL)))
    whole = tried_over(organisation, text)
    monkeypatch.setattr(trying, "PIECE_CELLS", 1)
    assert tried_over(organisation, text) == whole
    assert len(whole) == 4


def test_trial_keeps_counts_values_and_the_busiest_devices(organisation: Organisation) -> None:
    device, (pm,) = station(organisation)
    rule = made(organisation)
    read(pm, (-29.5, 120.0), (-27.5, 10.0), (-9.5, 130.0))
    trial = ask_trial(SYSTEM, rule_id=rule, edition=1, since=NOW - 30 * MINUTE, until=NOW, now=NOW)
    steps = Steps()
    assert run_trial(steps, {"trial": trial}) == {"firings": 2}
    row = LinkageTrial.objects.get(id=trial)
    assert (row.state, row.result["devices"], row.result["instants"], row.result["firings"]) == ("done", 1, 30, 2)
    first, second = row.result["shown"]
    assert (first["fired_at"], first["ended_at"]) == (
        (NOW - 29 * MINUTE).isoformat(),
        (NOW - 27 * MINUTE).isoformat(),
    )
    assert (second["values"], second["ended_at"], second["name"]) == ({"last(pm2_5, 24h)": 130.0}, None, device.name)
    assert row.result["by_device"] == [[device.id, device.name, 2]]
    assert steps.said[-1] == (30, 30)
    assert not LinkageFiring.objects.exists()
    assert run_trial(Steps(), {"trial": trial}) == {"firings": 2}


def test_trial_is_cancelled_between_pieces(organisation: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    station(organisation)
    monkeypatch.setattr(trying, "PIECE_CELLS", 1)
    trial = ask_trial(SYSTEM, rule_id=made(organisation), edition=1, since=NOW - 9 * MINUTE, until=NOW, now=NOW)
    with pytest.raises(Cancelled):
        run_trial(Steps(cancel_at=4), {"trial": trial})
    assert LinkageTrial.objects.get(id=trial).state == "cancelled"


def test_trial_that_waits_is_cancelled_at_once_and_one_that_is_over_cannot_be(organisation: Organisation) -> None:
    rule = made(organisation)
    trial = ask_trial(SYSTEM, rule_id=rule, edition=1, since=NOW - 9 * MINUTE, until=NOW, now=NOW)
    cancel_trial(SYSTEM, rule_id=rule, trial_id=trial, now=NOW)
    assert LinkageTrial.objects.get(id=trial).state == "cancelled"
    with pytest.raises(TrialOver):
        cancel_trial(SYSTEM, rule_id=rule, trial_id=trial, now=NOW)


def test_trial_of_too_much_or_of_nothing_is_refused(organisation: Organisation) -> None:
    rule = made(organisation)
    with pytest.raises(TrialTooLarge):
        ask_trial(SYSTEM, rule_id=rule, edition=1, since=NOW - timedelta(days=93), until=NOW, now=NOW)
    with pytest.raises(Invalid):
        ask_trial(SYSTEM, rule_id=rule, edition=1, since=NOW, until=NOW + MINUTE, now=NOW)
    with pytest.raises(NotFound):
        ask_trial(SYSTEM, rule_id=rule, edition=2, since=NOW - MINUTE, until=NOW, now=NOW)


def test_trials_of_other_offices_are_out_of_reach(organisation: Organisation) -> None:
    rule = made(organisation)
    trial = ask_trial(SYSTEM, rule_id=rule, edition=1, since=NOW - MINUTE, until=NOW, now=NOW)
    stranger = make_actor(MANAGE_LINKAGE, organisation=make_organisation("别处"))
    with pytest.raises(NotFound):
        ask_trial(stranger, rule_id=rule, edition=1, since=NOW - MINUTE, until=NOW, now=NOW)
    with pytest.raises(NotFound):
        cancel_trial(stranger, rule_id=rule, trial_id=trial, now=NOW)


def test_result_shows_a_bounded_number_and_counts_all(
    organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, (pm,) = station(organisation)
    text = linkage()
    read(pm, *((minute + 0.5, 120.0 if minute % 2 else 5.0) for minute in range(10)))
    plan = plan_of(organisation.id, text, division_code="")
    found = tried(plan, since=micros(NOW), until=micros(NOW + 10 * MINUTE), progress=Steps())
    monkeypatch.setattr(trying, "MOST_SHOWN", 2)
    result = result_of(plan, found, since=NOW, until=NOW + 10 * MINUTE)
    assert result["firings"] == 5
    assert len(result["shown"]) == 2  # type: ignore[arg-type]  # a list
