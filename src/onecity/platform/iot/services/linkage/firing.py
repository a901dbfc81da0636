"""What a judgement leaves behind: firings with the actions they wait for, and their ends."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from onecity.kernel import bus
from onecity.kernel.bus import EventType
from onecity.platform.iot.events import RULE_ENDED, RULE_FIRED
from onecity.platform.iot.models import Device, LinkageEdition, LinkageFiring, LinkageOutcome, LinkageRule, LinkageState
from onecity.platform.iot.rules.instants import instant
from onecity.platform.iot.selectors.linkage.stretches import Happening
from onecity.platform.iot.services.subscriptions.firings import RuleFiring, tell_of_firing

ACT_JOB: Final = "iot.act_on_firings"
MOST_IN_A_JOB: Final = 100
RULE_CODE: Final = "linkage.r"
"""What alarms and applications know a rule by: this and its id."""


def write_happenings(
    rule: LinkageRule, edition: LinkageEdition, happenings: Sequence[Happening], *, now: datetime
) -> int:
    """Write firings and ends in order of time, in the caller's transaction; returns how many firings.

    The rule's row is locked. A firing that begins and ends within one judgement is written whole.
    """
    standing = _open_firings(rule.id)
    devices = _devices({item.device for item in happenings if item.fires})
    begun: list[LinkageFiring] = []
    ended: list[LinkageFiring] = []
    for item in happenings:
        if item.fires:
            firing = _firing(rule, edition, item, devices[item.device], now=now)
            standing[item.subject] = firing
            begun.append(firing)
        elif item.subject in standing:
            firing = standing.pop(item.subject)
            firing.ended_at = instant(item.at)
            ended.append(firing)
    old = [firing for firing in ended if firing.pk]
    LinkageFiring.objects.bulk_update(old, ["ended_at"], batch_size=1_000)
    LinkageFiring.objects.bulk_create(begun, batch_size=1_000)
    _await_actions(edition, begun)
    _tell(RULE_FIRED, rule, edition, begun)
    _tell(RULE_ENDED, rule, edition, ended)
    _ask_for_actions([*begun, *old])
    return len(begun)


def end_gone(
    rule: LinkageRule, edition: LinkageEdition, *, subjects: NDArray[np.int64], at: datetime, now: datetime
) -> None:
    """End what stands for subjects that the rule no longer judges, in the caller's transaction."""
    gone = LinkageState.objects.filter(rule_id=rule.id).exclude(subject__in=subjects.tolist())
    numbers = list(gone.values_list("subject", flat=True))
    if numbers:
        end_firings(rule, edition, subjects=numbers, at=at)


def end_firings(rule: LinkageRule, edition: LinkageEdition, *, subjects: Iterable[int] | None, at: datetime) -> int:
    """End what stands, of these subjects or of all, and forget where the rule stood; returns how many ended.

    In the caller's transaction, with the rule's row locked. at: phenomenon time.
    """
    states = LinkageState.objects.filter(rule_id=rule.id)
    standing = LinkageFiring.objects.filter(rule_id=rule.id, ended_at__isnull=True)
    if subjects is not None:
        chosen = list(subjects)
        states, standing = states.filter(subject__in=chosen), standing.filter(subject__in=chosen)
    ended = list(standing.select_related("device"))
    for firing in ended:
        firing.ended_at = max(at, firing.fired_at)
    LinkageFiring.objects.bulk_update(ended, ["ended_at"], batch_size=1_000)
    states.delete()
    _tell(RULE_ENDED, rule, edition, ended)
    _ask_for_actions(ended)
    return len(ended)


def ask_for_actions(firing_ids: Sequence[int]) -> None:
    """Have the actions of firings carried out after the caller's commit."""
    for begin in range(0, len(firing_ids), MOST_IN_A_JOB):
        bus.defer(ACT_JOB, firings=list(firing_ids[begin : begin + MOST_IN_A_JOB]))


def _ask_for_actions(firings: Sequence[LinkageFiring]) -> None:
    ask_for_actions(sorted({firing.pk for firing in firings}))


def _open_firings(rule_id: int) -> dict[int, LinkageFiring]:
    rows = LinkageFiring.objects.filter(rule_id=rule_id, ended_at__isnull=True).select_related("device")
    return {row.subject: row for row in rows}


def _devices(numbers: set[int]) -> Mapping[int, Device]:
    return Device.objects.in_bulk(list(numbers))


def _firing(
    rule: LinkageRule, edition: LinkageEdition, item: Happening, device: Device, *, now: datetime
) -> LinkageFiring:
    return LinkageFiring(
        rule=rule,
        edition=edition,
        subject=item.subject,
        device=device,
        datastream_id=item.datastream or None,
        begun_at=instant(item.begun),
        fired_at=instant(item.at),
        values=dict(item.values),
        organisation_id=device.organisation_id,
        division_code=device.division_code,
        created_at=now,
    )


def _await_actions(edition: LinkageEdition, begun: Sequence[LinkageFiring]) -> None:
    LinkageOutcome.objects.bulk_create(
        [
            LinkageOutcome(firing=firing, place=place, content=content)
            for firing in begun
            for place, content in enumerate(edition.actions)
        ],
        batch_size=2_000,
    )


def _tell(event: EventType, rule: LinkageRule, edition: LinkageEdition, firings: Sequence[LinkageFiring]) -> None:
    for begin in range(0, len(firings), MOST_IN_A_JOB):
        some = [_told(firing) for firing in firings[begin : begin + MOST_IN_A_JOB]]
        bus.announce(event, rule_id=rule.pk, rule_name=rule.name, edition=edition.edition, firings=some)
    for firing in firings:
        tell_of_firing(subscribed(rule, edition, firing, change="fired" if event is RULE_FIRED else "ended"))


def subscribed(
    rule: LinkageRule, edition: LinkageEdition, firing: LinkageFiring, *, change: str, text: str = ""
) -> RuleFiring:
    """Return a firing as applications hear of it. change: fired or ended. text: a Chinese sentence, or the rule's name.

    The severity is that of the first alarm among the edition's actions; "" without one.
    """
    severities = (str(item["severity"]) for item in edition.actions if item.get("kind") == "alarm")
    return RuleFiring(
        rule_code=f"{RULE_CODE}{rule.pk}",
        rule_name=rule.name,
        edition=edition.edition,
        firing_id=firing.pk,
        change=change,
        severity=next(severities, ""),
        text=text or rule.name,
        values=dict(firing.values),
        at=firing.fired_at if change == "fired" or firing.ended_at is None else firing.ended_at,
        organisation_id=firing.organisation_id,
        division_code=firing.division_code,
        device_id=firing.device_id if firing.subject else None,
    )


def _told(firing: LinkageFiring) -> dict[str, object]:
    device = firing.device
    told: dict[str, object] = {
        "id": firing.pk,
        "subject": firing.subject,
        "device_id": device.pk,
        "device_key": device.key,
        "device_name": device.name,
        "device_type": device.type_code,
        "organisation_id": firing.organisation_id,
        "division_code": firing.division_code,
        "begun_at": firing.begun_at.isoformat(),
        "fired_at": firing.fired_at.isoformat(),
        "values": dict(firing.values),
    }
    return {**told, "ended_at": firing.ended_at.isoformat()} if firing.ended_at else told
