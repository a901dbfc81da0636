"""Carrying out what a rule does when it fires: each action of a firing once, in order, each with its outcome.

A firing's row is locked while its actions are carried out. An action and its outcome are written in one transaction;
an action that is refused leaves its reason and does not keep those after it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import F

from onecity.kernel.actor import Actor
from onecity.kernel.clock import CITY_ZONE
from onecity.kernel.errors import Conflict, NotFound, OneCityError
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity
from onecity.platform.iot.contracts.linkage import LinkageAction, action_of
from onecity.platform.iot.models import Alarm, Device, LinkageFiring, LinkageOutcome
from onecity.platform.iot.permissions import MANAGE_LINKAGE
from onecity.platform.iot.rules.texts import fill
from onecity.platform.iot.services.alarms import Trigger, clear_alarm
from onecity.platform.iot.services.linkage.checking import PLACES
from onecity.platform.iot.services.linkage.doing import DOING, Done, Moment
from onecity.platform.iot.services.linkage.firing import ask_for_actions

STATE = LinkageOutcome.State
MOST_WAITING: Final = 500


class NothingFailed(Conflict):
    """The action did not fail; there is nothing to try again."""

    code = "iot.linkage_nothing_failed"
    message = zh("该动作没有失败，不需要重试")


def act_on(firing_id: int, *, now: datetime, real_now: datetime) -> int:
    """Carry out the actions that a firing waits for, and what follows from its end; returns how many were tried.

    May run twice, and beside another. now: city time. real_now: real time, for orders to devices.
    """
    with transaction.atomic():
        rows = LinkageFiring.objects.select_for_update(of=("self",)).select_related("device", "rule", "edition")
        firing = rows.filter(id=firing_id).first()
        if firing is None:
            return 0
        waiting = list(LinkageOutcome.objects.filter(firing=firing, state=STATE.WAITING).order_by("place"))
        moment = Moment(firing, now=now, real_now=real_now)
        for outcome in waiting:
            _try(outcome, moment)
        if firing.ended_at is not None:
            _end_alarm(firing)
        failed = LinkageOutcome.objects.filter(firing=firing, state=STATE.FAILED).count()
        LinkageFiring.objects.filter(id=firing_id).update(failures=failed)
    return len(waiting)


def retry(actor: Actor, *, rule_id: int, outcome_id: int) -> int:
    """Have an action that failed tried again; returns its firing's id.

    Raises: NotFound; NothingFailed.
    """
    with transaction.atomic():
        scope = identity.row_scope(actor, MANAGE_LINKAGE)
        rows = LinkageOutcome.objects.select_for_update(of=("self",)).filter(
            scope.q(organisation="firing__rule__organisation_id", division="firing__rule__division_code"),
            firing__rule_id=rule_id,
            id=outcome_id,
        )
        outcome = rows.first()
        if outcome is None:
            raise NotFound
        if outcome.state != STATE.FAILED:
            raise NothingFailed
        outcome.state = STATE.WAITING
        outcome.save(update_fields=["state"])
        identity.record(actor, action="iot.retry_linkage", target=f"iot.linkageoutcome:{outcome_id}")
        ask_for_actions([outcome.firing_id])
    return outcome.firing_id


def take_up_waiting(*, before: datetime) -> int:
    """Have actions that still wait from before an instant (city time) carried out; returns of how many firings."""
    rows = LinkageOutcome.objects.filter(state=STATE.WAITING, firing__created_at__lt=before)
    numbers = sorted(set(rows.values_list("firing_id", flat=True)[:MOST_WAITING]))
    with transaction.atomic():
        ask_for_actions(numbers)
    return len(numbers)


def _try(outcome: LinkageOutcome, moment: Moment) -> None:
    action = action_of(outcome.content)
    try:
        with transaction.atomic():
            done = DOING[action.kind](moment, action, _text(moment, action))
    except OneCityError as refusal:
        done, outcome.state = Done(_sentence(refusal)), STATE.FAILED
    else:
        outcome.state = STATE.DONE
    outcome.attempts = F("attempts") + 1
    outcome.text, outcome.result, outcome.at = done.text[:200], done.result, moment.now
    outcome.save(update_fields=["state", "attempts", "text", "result", "at"])


def _text(moment: Moment, action: LinkageAction) -> str:
    firing = moment.firing
    return fill(
        action.text,
        facts={
            "rule": firing.rule.name,
            "device": firing.device.name,
            "time": firing.fired_at.astimezone(CITY_ZONE).strftime("%Y-%m-%d %H:%M"),
            "values": said_values(firing.values),
        },
        places=PLACES,
    )


def said_values(values: Mapping[str, float | None]) -> str:
    """Return what a firing saw, as a text for people."""
    return "；".join(f"{name}={value:.6g}" for name, value in values.items() if value is not None)[:120]


def _sentence(refusal: OneCityError) -> str:
    return next(iter(refusal.fields.values()), "") or refusal.sentence()


def _end_alarm(firing: LinkageFiring) -> None:
    """End the alarm that a firing raised, if it still stands."""
    alarm = Alarm.objects.filter(id=firing.alarm_id, cleared_at__isnull=True).first() if firing.alarm_id else None
    if alarm is None or firing.ended_at is None:
        return
    Device.objects.select_for_update(no_key=True).get(id=alarm.device_id)  # the store's turn
    clear_alarm(alarm.rule_code, trigger=Trigger(alarm.datastream_id, None, firing.ended_at))
