"""Rules are drafted, published, followed by new editions, copied, thrown away; scopes hold."""

from dataclasses import replace

import pytest

from onecity.kernel.errors import Invalid, NotFound, NotPermitted
from onecity.platform.identity.tests.factories import Organisation, audited, make_actor, make_organisation
from onecity.platform.iot.contracts.linkage import LinkageAction, LinkageText, action_of
from onecity.platform.iot.models import AlarmRule, DeviceGroup, LinkageEdition, LinkageFiring, LinkageRule, LinkageState
from onecity.platform.iot.permissions import MANAGE_LINKAGE, VIEW_LINKAGE
from onecity.platform.iot.rules.conditions.phases import PENDING
from onecity.platform.iot.selectors.alarm_rules import RuleQuery, rule, rules
from onecity.platform.iot.selectors.linkage import members
from onecity.platform.iot.selectors.linkage.reading import (
    FiringQuery,
    LinkageQuery,
    edition_of,
    editions_of,
    firing,
    firings,
    linkage_rule,
    linkage_rules,
    trial,
)
from onecity.platform.iot.services.alarm_rules import copy_rule as copy_alarm_rule
from onecity.platform.iot.services.linkage.editing import (
    HasDraft,
    LinkageExists,
    NoDraft,
    begin_draft,
    change_rule,
    copy_rule,
    discard_draft,
    edit_draft,
    make_rule,
)
from onecity.platform.iot.services.linkage.publishing import NothingPublished, publish, switch_off, switch_on
from onecity.platform.iot.tests.factories import NOW
from onecity.platform.iot.tests.linkage.houses import (
    ALARM,
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

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("heard")]


def faults(organisation: Organisation, text: LinkageText) -> dict[str, str]:
    with pytest.raises(Invalid) as caught:
        made(organisation, text)
    return caught.value.fields


def test_rule_begins_as_a_draft_that_nothing_judges(organisation: Organisation) -> None:
    station(organisation)
    number = made(organisation)
    info = linkage_rule(SYSTEM, number)
    assert (info.published, info.draft, info.enabled, info.judged_until) == (0, 1, False, None)
    assert judge_at(number, 5) == 0
    assert audited(f"iot.linkagerule:{number}") == [("iot.make_linkage", "done")]


def test_what_an_edition_says_is_kept_whole(organisation: Organisation) -> None:
    device, _ = station(organisation)
    group = DeviceGroup.objects.create(
        name="泵站", kind="static", organisation_id=organisation.id, created_by="test", created_at=NOW
    )
    text = linkage(
        mode="together",
        condition='devices.exists(d, d.last("pm2_5") > 1.0)',
        group_id=group.id,
        device_ids=(device.id,),
        ending='devices.all(d, d.last("pm2_5") < 1.0)',
        parts={"rows": []},
        hold_s=60,
        end_hold_s=120,
        step_s=300,
        late_s=90,
        note="试行",
        actions=(ALARM, LinkageAction("command", command="set_time", arguments={"a": 1}, target="X")),
    )
    number = made(organisation, text)
    assert edition_of(number, 1).text == text


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"condition": 'last("pm2_5") > 1'}, "condition"),
        ({"condition": 'device("NOBODY").last("pm2_5") > 1.0'}, "condition"),
        ({"ending": "nonsense("}, "ending"),
        ({"mode": "some"}, "mode"),
        ({"type_code": ""}, "type_code"),
        ({"type_code": "gauge.unknown"}, "type_code"),
        ({"group_id": 999_999}, "group_id"),
        ({"device_ids": (999_999,)}, "device_ids"),
        ({"step_s": 7}, "step_s"),
        ({"step_s": 10, "condition": 'mean("pm2_5", duration("1h")) > 1.0'}, "step_s"),
        ({"hold_s": 8 * 86_400}, "hold_s"),
        ({"end_hold_s": -1}, "end_hold_s"),
        ({"late_s": 90_000}, "late_s"),
        ({"note": "长" * 201}, "note"),
        ({"actions": (ALARM,) * 11}, "actions"),
        ({"actions": (LinkageAction("bribe"),)}, "actions.0"),
        ({"actions": (ALARM, LinkageAction("alarm", severity="major"))}, "actions.1"),
        ({"actions": (LinkageAction("alarm", severity="huge", text="x"),)}, "actions.0"),
        ({"actions": (LinkageAction("case", text="{unknown}"),)}, "actions.0"),
        ({"actions": (LinkageAction("case", text="{broken"),)}, "actions.0"),
        ({"actions": (LinkageAction("message", to="everybody", text="x"),)}, "actions.0"),
        ({"actions": (LinkageAction("command"),)}, "actions.0"),
        ({"actions": (LinkageAction("webhook", subscription="x"),)}, "actions.0"),
    ],
)
def test_what_is_wrong_is_named_by_its_field(organisation: Organisation, change: dict[str, object], field: str) -> None:
    assert list(faults(organisation, replace(linkage(), **change))) == [field]  # type: ignore[arg-type]  # its fields


def test_name_and_priority_are_bounded(organisation: Organisation) -> None:
    number = made(organisation)
    for name, priority, field in (
        ("", 5, "name"),
        ("长" * 81, 5, "name"),
        ("好", 0, "priority"),
        ("好", 10, "priority"),
    ):
        with pytest.raises(Invalid) as caught:
            change_rule(SYSTEM, rule_id=number, name=name, priority=priority)
        assert list(caught.value.fields) == [field]
    change_rule(SYSTEM, rule_id=number, name=" 新名 ", priority=1)
    assert linkage_rule(SYSTEM, number).name == "新名"


def test_names_are_unique_within_an_organisation(organisation: Organisation) -> None:
    made(organisation)
    with pytest.raises(LinkageExists):
        made(organisation)
    other = made(organisation, name="另一条")
    with pytest.raises(LinkageExists):
        change_rule(SYSTEM, rule_id=other, name="扬尘联动", priority=5)
    assert made(make_organisation("别处"))


def test_published_edition_is_never_changed_and_the_next_takes_its_place(organisation: Organisation) -> None:
    station(organisation)
    number = in_force(organisation)
    with pytest.raises(NoDraft):
        edit_draft(SYSTEM, rule_id=number, text=linkage())
    assert begin_draft(SYSTEM, rule_id=number, now=NOW) == 2
    with pytest.raises(HasDraft):
        begin_draft(SYSTEM, rule_id=number, now=NOW)
    edit_draft(SYSTEM, rule_id=number, text=linkage('last("pm2_5") > 50.0'))
    publish(SYSTEM, rule_id=number, now=NOW + MINUTE)
    assert [(item.edition, item.state) for item in editions_of(number)] == [(2, "published"), (1, "superseded")]
    assert edition_of(number, 1).text.condition == 'last("pm2_5") > 100.0'
    assert edition_of(number, 2).publisher == SYSTEM.key


def test_draft_may_begin_with_an_older_edition(organisation: Organisation) -> None:
    station(organisation)
    number = in_force(organisation)
    begin_draft(SYSTEM, rule_id=number, now=NOW)
    edit_draft(SYSTEM, rule_id=number, text=linkage('last("pm2_5") > 50.0'))
    publish(SYSTEM, rule_id=number, now=NOW)
    assert begin_draft(SYSTEM, rule_id=number, edition=1, now=NOW) == 3
    assert edition_of(number, 3).text.condition == 'last("pm2_5") > 100.0'
    discard_draft(SYSTEM, rule_id=number)
    with pytest.raises(NotFound):
        begin_draft(SYSTEM, rule_id=number, edition=9, now=NOW)


def test_new_edition_keeps_what_stands_and_begins_counting_anew(organisation: Organisation) -> None:
    first, (one,) = station(organisation)
    _, (two,) = station(organisation)
    number = in_force(organisation, linkage(hold_s=120))
    read(one, (0.5, 120.0))
    read(two, (2.5, 120.0))
    judge_at(number, 4)
    assert LinkageState.objects.filter(phase=PENDING).count() == 1
    begin_draft(SYSTEM, rule_id=number, now=NOW)
    publish(SYSTEM, rule_id=number, now=NOW + 4 * MINUTE)
    judge_at(number, 5)
    assert [subject for subject, _, _ in fired(number)] == [first.id]
    judge_at(number, 7)
    assert LinkageFiring.objects.get(fired_at=NOW + 7 * MINUTE).begun_at == NOW + 5 * MINUTE


def test_edition_that_judges_all_together_ends_what_stood_for_each(organisation: Organisation) -> None:
    device, (pm,) = station(organisation)
    number = in_force(organisation)
    read(pm, (0.5, 120.0))
    judge_at(number, 2)
    begin_draft(SYSTEM, rule_id=number, now=NOW)
    text = linkage('devices.exists(d, d.last("pm2_5") > 100.0)', mode="together")
    edit_draft(SYSTEM, rule_id=number, text=text)
    publish(SYSTEM, rule_id=number, now=NOW + 2 * MINUTE)
    judge_at(number, 3)
    assert fired(number) == [(device.id, 1, 3), (0, 3, None)]


@pytest.mark.parametrize("actions", [(), (ALARM,)])
def test_rule_that_reaches_nothing_or_does_nothing_is_not_published(
    organisation: Organisation, actions: tuple[LinkageAction, ...]
) -> None:
    if not actions:
        station(organisation)
    number = made(organisation, linkage(actions=actions))
    with pytest.raises(Invalid) as caught:
        publish(SYSTEM, rule_id=number, now=NOW)
    assert list(caught.value.fields) == ["type_code" if actions else "actions"]


def test_rule_over_too_many_devices_is_not_published(
    organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    station(organisation)
    station(organisation)
    monkeypatch.setattr(members, "MOST_DEVICES", 1)
    monkeypatch.setattr("onecity.platform.iot.services.linkage.checking.MOST_DEVICES", 1)
    with pytest.raises(Invalid):
        publish(SYSTEM, rule_id=made(organisation), now=NOW)


def test_publishing_without_enabling_waits_to_be_switched_on(organisation: Organisation) -> None:
    station(organisation)
    number = made(organisation)
    for act in (switch_on, switch_off):
        with pytest.raises(NothingPublished):
            act(SYSTEM, rule_id=number, now=NOW)
    publish(SYSTEM, rule_id=number, enable=False, now=NOW)
    assert not linkage_rule(SYSTEM, number).enabled
    switch_on(SYSTEM, rule_id=number, now=NOW)
    switch_on(SYSTEM, rule_id=number, now=NOW + MINUTE)
    assert LinkageRule.objects.get().judged_until == NOW


def test_draft_is_thrown_away_and_a_rule_never_published_with_it(organisation: Organisation) -> None:
    station(organisation)
    number = in_force(organisation)
    begin_draft(SYSTEM, rule_id=number, now=NOW)
    assert discard_draft(SYSTEM, rule_id=number)
    assert editions_of(number)[0].state == "published"
    fresh = made(organisation, name="草稿")
    assert not discard_draft(SYSTEM, rule_id=fresh)
    assert not LinkageRule.objects.filter(id=fresh).exists()
    with pytest.raises(NoDraft):
        discard_draft(SYSTEM, rule_id=number)


def test_copy_is_a_draft_that_says_the_same(organisation: Organisation) -> None:
    station(organisation)
    number = in_force(organisation)
    copied = copy_rule(SYSTEM, rule_id=number, name="副本", now=NOW)
    assert edition_of(copied, 1).text == edition_of(number, 1).text
    assert linkage_rule(SYSTEM, copied).published == 0
    with pytest.raises(NotFound):
        copy_rule(SYSTEM, rule_id=999_999, name="x", now=NOW)


def test_alarm_rule_behind_a_linkage_rule_is_nobodys_to_edit(organisation: Organisation) -> None:
    station(organisation)
    in_force(organisation)
    behind = AlarmRule.objects.get(kind=AlarmRule.Kind.LINKED)
    assert behind.state == AlarmRule.State.SUPERSEDED
    assert behind.id not in [item.id for item in rules(RuleQuery(state="superseded")).rows]
    with pytest.raises(NotFound):
        rule(behind.id)
    with pytest.raises(NotFound):
        copy_alarm_rule(SYSTEM, rule_id=behind.id, now=NOW)


def test_rules_of_other_offices_are_out_of_reach(organisation: Organisation) -> None:
    station(organisation)
    number = in_force(organisation)
    own = make_actor(VIEW_LINKAGE, MANAGE_LINKAGE, organisation=organisation)
    stranger = make_actor(VIEW_LINKAGE, MANAGE_LINKAGE, organisation=make_organisation("别处"))
    assert [item.id for item in linkage_rules(own, LinkageQuery()).rows] == [number]
    assert not linkage_rules(stranger, LinkageQuery()).rows
    for act in (
        lambda: linkage_rule(stranger, number),
        lambda: begin_draft(stranger, rule_id=number, now=NOW),
        lambda: publish(stranger, rule_id=number, now=NOW),
        lambda: switch_off(stranger, rule_id=number, now=NOW),
        lambda: change_rule(stranger, rule_id=number, name="x", priority=5),
        lambda: copy_rule(stranger, rule_id=number, name="x", now=NOW),
    ):
        with pytest.raises(NotFound):
            act()
    with pytest.raises(NotPermitted):
        make_rule(stranger, name="x", organisation_id=organisation.id, text=linkage(), now=NOW)


def test_lists_are_searched_and_narrowed(organisation: Organisation) -> None:
    device, (pm,) = station(organisation)
    number, off = in_force(organisation), in_force(organisation, name="停用的")
    draft = made(organisation, name="草稿")
    switch_off(SYSTEM, rule_id=off, now=NOW)
    found = {
        state: [item.id for item in linkage_rules(SYSTEM, LinkageQuery(state=state)).rows]
        for state in ("on", "off", "draft")
    }
    assert found == {"on": [number], "off": [off], "draft": [draft]}
    assert [item.id for item in linkage_rules(SYSTEM, LinkageQuery(search="停用")).rows] == [off]
    assert len(linkage_rules(SYSTEM, LinkageQuery(type_code="gauge.air")).rows) == 3
    assert not linkage_rules(SYSTEM, LinkageQuery(type_code="gauge.meter")).rows
    read(pm, (0.5, 120.0), (2.5, 10.0), (3.5, 120.0))
    judge_at(number, 5)
    standing = firings(FiringQuery(number, state="standing")).rows
    over = firings(FiringQuery(number, state="over")).rows
    assert [len(standing), len(over), len(firings(FiringQuery(number, state="failed")).rows)] == [1, 1, 0]
    assert len(firings(FiringQuery(number, search=device.key)).rows) == 2
    assert firing(number, standing[0].id).outcomes[0].state == "waiting"
    info = linkage_rule(SYSTEM, number)
    assert (info.standing, info.last_fired_at) == (1, NOW + 4 * MINUTE)


def test_what_is_not_there_is_not_found(organisation: Organisation) -> None:
    number = made(organisation)
    for look in (lambda: edition_of(number, 2), lambda: firing(number, 1), lambda: trial(number, 1)):
        with pytest.raises(NotFound):
            look()


def test_stored_actions_of_another_kind_are_passed_over() -> None:
    assert action_of({"kind": "alarm", "text": 3, "new": "x", "arguments": {"a": 1}}) == LinkageAction(
        "alarm", arguments={"a": 1}
    )
    assert str(LinkageEdition(rule_id=1, edition=2)) == "1 2"
