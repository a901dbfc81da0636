"""Putting rules into force and taking them out."""

from datetime import datetime

from django.db import transaction

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity
from onecity.platform.iot.declare import Period
from onecity.platform.iot.models import AlarmRule, LinkageEdition, LinkageRule, LinkageState
from onecity.platform.iot.rules.conditions import Mode, condition_of
from onecity.platform.iot.rules.conditions.phases import PENDING
from onecity.platform.iot.rules.instants import SECOND, instant, micros
from onecity.platform.iot.selectors.linkage.reading import edition_text
from onecity.platform.iot.services.linkage.checking import check_force
from onecity.platform.iot.services.linkage.editing import STATE, draft_of, locked_rule
from onecity.platform.iot.services.linkage.firing import RULE_CODE, end_firings


class NothingPublished(Conflict):
    """The rule has no edition in force; there is nothing to switch."""

    code = "iot.linkage_nothing_published"
    message = zh("该规则还没有发布，不能启用")


def publish(actor: Actor, *, rule_id: int, now: datetime, enable: bool = True) -> None:
    """Put a rule's draft into force in place of the edition before. What stands fired goes on; what was about to fire
    begins anew. Commands will be given with the rights of who publishes. enable: switch the rule on. now: city time.

    Raises: NotFound; NoDraft; Invalid; OutsideScope.
    """
    with transaction.atomic():
        rule = locked_rule(actor, rule_id)
        draft = draft_of(rule)
        check_force(actor, organisation_id=rule.organisation_id, text=edition_text(draft))
        LinkageEdition.objects.filter(rule=rule, state=STATE.PUBLISHED).update(state=STATE.SUPERSEDED)
        draft.state, draft.published_at, draft.publisher = STATE.PUBLISHED, now, actor.key[:60]
        draft.alarm_rule = _alarm_rule(rule, draft, now=now)
        draft.save(update_fields=["state", "published_at", "publisher", "alarm_rule"])
        LinkageState.objects.filter(rule=rule, phase=PENDING).delete()
        if enable:
            _enable(rule, draft, now=now)
        details = {"edition": draft.edition, "enabled": rule.enabled}
        identity.record(actor, action="iot.publish_linkage", target=f"iot.linkagerule:{rule_id}", details=details)


def switch_on(actor: Actor, *, rule_id: int, now: datetime) -> None:
    """Judge a rule from now on. now: city time.

    Raises: NotFound; NothingPublished.
    """
    with transaction.atomic():
        rule = locked_rule(actor, rule_id)
        _enable(rule, _published(rule), now=now)
        identity.record(actor, action="iot.switch_linkage_on", target=f"iot.linkagerule:{rule_id}")


def switch_off(actor: Actor, *, rule_id: int, now: datetime) -> int:
    """Judge a rule no more and end what stands fired; returns how many ended. now: city time.

    Raises: NotFound; NothingPublished.
    """
    with transaction.atomic():
        rule = locked_rule(actor, rule_id)
        edition = _published(rule)
        rule.enabled = False
        rule.save(update_fields=["enabled"])
        ended = end_firings(rule, edition, subjects=None, at=now)
        details = {"ended": ended}
        identity.record(actor, action="iot.switch_linkage_off", target=f"iot.linkagerule:{rule_id}", details=details)
    return ended


def _published(rule: LinkageRule) -> LinkageEdition:
    row = LinkageEdition.objects.filter(rule=rule, state=STATE.PUBLISHED).first()
    if row is None:
        raise NothingPublished
    return row


def _enable(rule: LinkageRule, edition: LinkageEdition, *, now: datetime) -> None:
    """Switch a rule on. What was judged before is not judged again; what went by meanwhile is not caught up."""
    if not rule.enabled:
        step = edition.step_s * SECOND
        begins = instant((micros(now) - edition.late_s * SECOND) // step * step)
        rule.judged_until = max(begins, rule.judged_until) if rule.judged_until else begins
        rule.enabled, rule.queued_at, rule.skipped_at = True, None, None
        rule.save(update_fields=["judged_until", "enabled", "queued_at", "skipped_at"])


def _alarm_rule(rule: LinkageRule, edition: LinkageEdition, *, now: datetime) -> AlarmRule | None:
    """Return what the edition's alarms refer to: an alarm rule that no reading is held against."""
    alarm = next((item for item in edition.actions if item.get("kind") == "alarm"), None)
    if alarm is None:
        return None
    first = condition_of(edition.condition, mode=Mode(edition.mode)).needs[0].observed
    return AlarmRule.objects.create(
        code=f"{RULE_CODE}{rule.id}",
        version=edition.edition,
        name=rule.name,
        state=AlarmRule.State.SUPERSEDED,
        device_type=edition.type_code,
        property_code=first.property_code,
        period=Period(first.period),
        sub_value=first.sub_value,
        kind=AlarmRule.Kind.LINKED,
        severity=alarm["severity"],
        text=alarm["text"],
        author=edition.publisher or edition.author,
        created_at=now,
        published_at=now,
    )
