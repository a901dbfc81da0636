"""Trying an edition on past data before it goes live: the same judgement over a stretch that is over, nothing written.

Result of a trial: {devices, instants, firings: how many, shown: the first of them, by_device: the busiest}. Times are
ISO 8601. A stretch is judged in pieces; between them the job tells how far it is and may be cancelled.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from onecity.kernel.actor import Actor
from onecity.kernel.clock import real_now
from onecity.kernel.errors import Conflict, Invalid, NotFound
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity
from onecity.platform.iot.models import Device, LinkageEdition, LinkageRule, LinkageTrial
from onecity.platform.iot.permissions import MANAGE_LINKAGE
from onecity.platform.iot.rules.conditions.phases import at_rest
from onecity.platform.iot.rules.instants import instant, micros
from onecity.platform.iot.selectors.linkage.members import reached
from onecity.platform.iot.selectors.linkage.reading import edition_text
from onecity.platform.iot.selectors.linkage.stretches import Happening, Plan, judge, plan_of
from onecity.platform.jobs import api as jobs
from onecity.platform.jobs.declare import Progress

TRY_JOB: Final = "iot.try_linkage"
LONGEST: Final = timedelta(days=92)
MOST_CELLS: Final = 300_000_000
"""Devices × instants of one trial: some minutes of work."""
PIECE_CELLS: Final = 1_000_000
MOST_SHOWN: Final = 500
MOST_DEVICES_SHOWN: Final = 50


class TrialTooLarge(Invalid):
    """The stretch or the number of devices is more than one trial may judge."""

    code = "iot.trial_too_large"
    message = zh("试算数据量过大，请缩短时段、加大判断间隔或减少设备")


class TrialOver(Conflict):
    """The trial is over; there is nothing to cancel."""

    code = "iot.trial_over"
    message = zh("试算已经结束")


def ask_trial(actor: Actor, *, rule_id: int, edition: int, since: datetime, until: datetime, now: datetime) -> int:
    """Start a trial of an edition and return the trial's id. since < until ≤ now, city time.

    Raises: NotFound; Invalid for a stretch that cannot be; TrialTooLarge.
    """
    rule = LinkageRule.objects.filter(identity.row_scope(actor, MANAGE_LINKAGE).q(), id=rule_id).first()
    row = LinkageEdition.objects.filter(rule_id=rule_id, edition=edition).first()
    if rule is None or row is None:
        raise NotFound
    until = min(until, now)
    if since >= until:
        raise Invalid(fields={"until": zh("结束时间应晚于起始时间，且不晚于现在")})
    cells = reached(rule.organisation_id, edition_text(row)) * ((until - since).total_seconds() / row.step_s)
    if until - since > LONGEST or cells > MOST_CELLS:
        raise TrialTooLarge(fields={"since": TrialTooLarge.message})
    with transaction.atomic():
        trial = LinkageTrial.objects.create(
            edition=row, since_at=since, until_at=until, asked_by=actor.key[:60], created_at=now
        )
        title = f"试算联动规则：{rule.name}"[:120]
        trial.run_id = jobs.start(actor, code=TRY_JOB, title=title, arguments={"trial": trial.id}, now=real_now())
        trial.save(update_fields=["run_id"])
        details = {"edition": edition, "since": since.isoformat(), "until": until.isoformat()}
        identity.record(actor, action="iot.try_linkage", target=f"iot.linkagerule:{rule_id}", details=details)
    return trial.id


def cancel_trial(actor: Actor, *, rule_id: int, trial_id: int, now: datetime) -> None:
    """Stop a trial after the piece that is under way. now: real time.

    Raises: NotFound; TrialOver.
    """
    rules = LinkageRule.objects.filter(identity.row_scope(actor, MANAGE_LINKAGE).q(), id=rule_id)
    trial = LinkageTrial.objects.filter(id=trial_id, edition__rule__in=rules).first()
    if trial is None or trial.run_id is None:
        raise NotFound
    if trial.ended_at is not None:
        raise TrialOver
    with transaction.atomic():
        jobs.cancel(actor, run_id=trial.run_id, now=now)
        waiting = LinkageTrial.objects.filter(id=trial_id, state=LinkageTrial.State.WAITING)
        waiting.update(state=LinkageTrial.State.CANCELLED, ended_at=now)


def run_trial(progress: Progress, arguments: Mapping[str, object]) -> Mapping[str, object]:
    """The job: judge the stretch in pieces and keep what would have happened."""
    number = arguments["trial"]
    assert isinstance(number, int)
    trial = LinkageTrial.objects.select_related("edition__rule").get(id=number)
    if trial.ended_at is not None:
        return {"firings": trial.result.get("firings", 0)}
    LinkageTrial.objects.filter(id=trial.id).update(state=LinkageTrial.State.RUNNING)
    rule = trial.edition.rule
    plan = plan_of(rule.organisation_id, edition_text(trial.edition), division_code=rule.division_code)
    try:
        happenings = tried(plan, since=micros(trial.since_at), until=micros(trial.until_at), progress=progress)
    except jobs.Cancelled:
        LinkageTrial.objects.filter(id=trial.id).update(state=LinkageTrial.State.CANCELLED, ended_at=real_now())
        raise
    result = result_of(plan, happenings, since=trial.since_at, until=trial.until_at)
    LinkageTrial.objects.filter(id=trial.id).update(state=LinkageTrial.State.DONE, ended_at=real_now(), result=result)
    return {"firings": result["firings"]}


def tried(plan: Plan, *, since: int, until: int, progress: Progress) -> list[Happening]:
    """Judge a stretch from rest, in pieces; return what would have happened, in order of time within a piece."""
    standing = at_rest(len(plan.subjects))
    room = max(1, PIECE_CELLS // max(1, len(plan.reach.members))) * plan.step
    happenings: list[Happening] = []
    total, at = max(1, (until - since) // plan.step), since
    while at < until:
        following = min(until, at // plan.step * plan.step + room)
        standing, found = judge(plan, standing, since=at, until=following)
        happenings += found
        at = following
        progress.step(min(total, (at - since) // plan.step), total=total)
    return happenings


def result_of(plan: Plan, happenings: Sequence[Happening], *, since: datetime, until: datetime) -> dict[str, object]:
    """Return what a trial found, as JSON values."""
    standing: dict[int, dict[str, object]] = {}
    firings: list[dict[str, object]] = []
    for item in happenings:
        if item.fires:
            standing[item.subject] = _said(item)
            firings.append(standing[item.subject])
        elif item.subject in standing:
            standing.pop(item.subject)["ended_at"] = instant(item.at).isoformat()
    busiest = Counter(item.device for item in happenings if item.fires).most_common(MOST_DEVICES_SHOWN)
    names = _names({int(str(item["device"])) for item in firings[:MOST_SHOWN]} | {device for device, _ in busiest})
    shown = [{**item, "name": names.get(int(str(item["device"])), "")} for item in firings[:MOST_SHOWN]]
    instants = (micros(until) - micros(since)) // plan.step
    return {
        "devices": len(plan.reach.members),
        "instants": instants,
        "firings": len(firings),
        "shown": shown,
        "by_device": [[device, names.get(device, ""), number] for device, number in busiest],
    }


def _said(item: Happening) -> dict[str, object]:
    return {
        "subject": item.subject,
        "device": item.device,
        "begun_at": instant(item.begun).isoformat(),
        "fired_at": instant(item.at).isoformat(),
        "ended_at": None,
        "values": dict(item.values),
    }


def _names(numbers: set[int]) -> dict[int, str]:
    return dict(Device.objects.filter(id__in=numbers).values_list("id", "name"))
